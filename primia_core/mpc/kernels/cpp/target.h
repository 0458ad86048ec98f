// Compile what follows for a processor that has more than the baseline: PRIMIA_TARGET("avx2") ... PRIMIA_TARGET_END.
// Standard headers come before, so that nothing that the linker shares between files needs more than the baseline.
#pragma once

#define PRIMIA_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define PRIMIA_TARGET(features) \
    PRIMIA_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define PRIMIA_TARGET_END PRIMIA_PRAGMA(clang attribute pop)
#else
#define PRIMIA_TARGET(features) PRIMIA_PRAGMA(GCC push_options) PRIMIA_PRAGMA(GCC target(features))
#define PRIMIA_TARGET_END PRIMIA_PRAGMA(GCC pop_options)
#endif
