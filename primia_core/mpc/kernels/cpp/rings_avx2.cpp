// Ring products and fused arithmetic with AVX2: 6 pixels x 16 channels of 32 bits, 5 x 4 of 64 bits.
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#include "target.h"

PRIMIA_TARGET("avx2")
namespace primia {
namespace avx2 {
#include "rings.h"
#include "arithmetic.h"

// AVX2 cannot multiply 64-bit words: a b = a0 b0 + 2^32 (a0 b1 + a1 b0). Low products are added up as 64-bit words, and
// the crossed ones as 32-bit words, a's halves having changed places.
struct Words64 : Plain<uint64_t, 32, 5, 1> {
    struct Sum {
        __m256i low, crossed;
        void clear() { low = crossed = _mm256_setzero_si256(); }
        void add(V weights, uint64_t x) {
            const __m256i a = reinterpret_cast<__m256i>(weights), b = _mm256_set1_epi64x(int64_t(x));
            low = _mm256_add_epi64(low, _mm256_mul_epu32(a, b));
            PRIMIA_KEEP(low);
            crossed = _mm256_add_epi32(crossed, _mm256_mullo_epi32(_mm256_shuffle_epi32(a, 0xb1), b));
            PRIMIA_KEEP(crossed);
        }
        V value() const {
            const __m256i both = _mm256_add_epi32(crossed, _mm256_shuffle_epi32(crossed, 0xb1));
            return reinterpret_cast<V>(_mm256_add_epi64(low, _mm256_slli_epi64(both, 32)));
        }
    };
};
}  // namespace avx2
constexpr Rings rings_avx2 = avx2::rings_of<avx2::Plain<uint32_t, 32, 6, 2>, avx2::Words64>();
}  // namespace primia
PRIMIA_TARGET_END
#endif
