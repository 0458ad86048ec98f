// Ring products and fused arithmetic with AVX-512: 12 pixels x 32 channels of 32 bits, 12 x 16 of 64 bits.
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#include "target.h"

PRIMIA_TARGET("avx2,avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
namespace primia {
namespace avx512 {
#include "rings.h"
#include "arithmetic.h"
}  // namespace avx512
constexpr Rings rings_avx512 =
    avx512::rings_of<avx512::Plain<uint32_t, 64, 12, 2>, avx512::Plain<uint64_t, 64, 12, 2>>();
}  // namespace primia
PRIMIA_TARGET_END
#endif
