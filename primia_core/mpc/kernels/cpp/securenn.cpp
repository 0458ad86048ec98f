// The inner loops of SecureNN's private comparison, and the uniform residues that they use up.
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "target.h"

namespace primia {
namespace securenn {

constexpr int BITS = 64, PRIME = 67, PACKED = BITS * 7 / 8;

struct Blinding {
    int party;
    int64_t rows;
    const uint8_t* shares;
    const uint64_t* bound;
    const uint8_t *flip, *factors, *zeros, *picks;
    uint8_t* packed;
};

struct Rows {
    void (*unpack)(const uint8_t* packed, uint8_t* residues, int64_t rows);
    void (*share)(const uint64_t* words, const uint8_t* first, uint8_t* packed, int64_t rows);
    void (*blind)(const Blinding&);
    void (*zero)(const uint8_t* first, const uint8_t* second, uint8_t* found, int64_t rows);
    int64_t (*pick)(const uint16_t* raw, const uint32_t* bounds, int64_t columns, int64_t rows, uint8_t* picks,
                    int64_t* refused);
    int64_t (*accept)(const uint8_t* raw, int64_t size, int lowest, uint8_t* out);
};

namespace portable {
#include "securenn_rows.h"

// Residues from `lowest`, 0 or 1, that bytes stand for: a byte is written always, and kept if it is below the limit.
static int64_t accept(const uint8_t* raw, int64_t size, int lowest, uint8_t* out) {
    const int values = PRIME - lowest, limit = 256 / values * values;
    uint8_t residue[256];
    for (int byte = 0; byte < 256; byte++) residue[byte] = uint8_t(byte % values + lowest);
    int64_t count = 0;
    for (int64_t i = 0; i < size; i++) {
        out[count] = residue[raw[i]];
        count += raw[i] < limit;
    }
    return count;
}
constexpr Rows rows = {unpack_rows, share_rows, blind_rows, zero_rows, pick_rows, accept};
}  // namespace portable

#if defined(__x86_64__)
// For each pattern of eight kept bytes, where they go: a shuffle that moves them to the front.
static constexpr std::array<std::array<uint8_t, 8>, 256> packings() {
    std::array<std::array<uint8_t, 8>, 256> table = {};
    for (int pattern = 0; pattern < 256; pattern++) {
        size_t next = 0;
        for (int i = 0; i < 8; i++)
            if (pattern >> i & 1) table[size_t(pattern)][next++] = uint8_t(i);
        while (next < 8) table[size_t(pattern)][next++] = 0x80;
    }
    return table;
}
alignas(64) static constexpr auto PACKINGS = packings();
}  // namespace securenn
}  // namespace primia

PRIMIA_TARGET("avx2,popcnt")
namespace primia {
namespace securenn {
namespace avx2 {
#include "securenn_rows.h"

static int64_t accept(const uint8_t* raw, int64_t size, int lowest, uint8_t* out) {
    const int values = PRIME - lowest, limit = 256 / values * values;
    const __m128i last = _mm_set1_epi8(char(limit - 1)), twice = _mm_set1_epi8(char(2 * values)),
                  once = _mm_set1_epi8(char(values)), low = _mm_set1_epi8(char(lowest));
    int64_t count = 0, i = 0;
    for (; i + 16 <= size; i += 16) {  // what is stored behind the kept ones is overwritten, and stays below `size`
        __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(raw + i));
        const unsigned kept = unsigned(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, last), last)));
        v = _mm_min_epu8(v, _mm_sub_epi8(v, twice));
        v = _mm_add_epi8(_mm_min_epu8(v, _mm_sub_epi8(v, once)), low);
        for (unsigned half = 0; half < 2; half++) {
            const unsigned pattern = kept >> (8 * half) & 0xff;
            const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(PACKINGS[pattern].data()));
            _mm_storel_epi64(reinterpret_cast<__m128i*>(out + count), _mm_shuffle_epi8(v, order));
            count += __builtin_popcount(pattern);
            v = _mm_srli_si128(v, 8);
        }
    }
    return count + portable::accept(raw + i, size - i, lowest, out + count);
}
constexpr Rows rows = {unpack_rows, share_rows, blind_rows, zero_rows, pick_rows, accept};
}  // namespace avx2
}  // namespace securenn
}  // namespace primia
PRIMIA_TARGET_END

namespace primia {
namespace securenn {
#endif

static const Rows& rows_for(int portable_only) {
#if defined(__x86_64__)
    static const bool fast = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    if (fast && !portable_only) return avx2::rows;
#endif
    (void)portable_only;
    return portable::rows;
}

}  // namespace securenn
}  // namespace primia

using namespace primia::securenn;

extern "C" {
#define PRIMIA_EXPORT __attribute__((visibility("default")))

PRIMIA_EXPORT int64_t primia_securenn_accept(int portable_only, const uint8_t* raw, int64_t size, int lowest,
                                             uint8_t* out) {
    return rows_for(portable_only).accept(raw, size, lowest, out);
}

PRIMIA_EXPORT int64_t primia_securenn_pick(int portable_only, const uint16_t* raw, const uint32_t* bounds,
                                           int64_t columns, int64_t rows, uint8_t* picks, int64_t* refused) {
    return rows_for(portable_only).pick(raw, bounds, columns, rows, picks, refused);
}

PRIMIA_EXPORT void primia_securenn_share(int portable_only, const uint64_t* words, const uint8_t* first,
                                         uint8_t* packed, int64_t rows) {
    rows_for(portable_only).share(words, first, packed, rows);
}

PRIMIA_EXPORT void primia_securenn_blind(int portable_only, int party, int64_t rows, const uint8_t* shares,
                                         const uint64_t* bound, const uint8_t* flip, const uint8_t* factors,
                                         const uint8_t* zeros, const uint8_t* picks, uint8_t* packed) {
    rows_for(portable_only).blind({party, rows, shares, bound, flip, factors, zeros, picks, packed});
}

PRIMIA_EXPORT void primia_securenn_zero(int portable_only, const uint8_t* first, const uint8_t* second,
                                        uint8_t* found, int64_t rows) {
    rows_for(portable_only).zero(first, second, found, rows);
}

PRIMIA_EXPORT void primia_securenn_unpack(int portable_only, const uint8_t* packed, uint8_t* residues, int64_t rows) {
    rows_for(portable_only).unpack(packed, residues, rows);
}
}
