// Comparison trees with VAES, two blocks a register.
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>

#include "target.h"

PRIMIA_TARGET("avx2,aes,vaes")
namespace primia {
namespace vaes256 {
#include "comparison.h"
#include "dcf.h"

struct Engine {
    typedef __m256i V;
    static constexpr int BLOCKS = 2, BATCH = 8;
    static V load(const Block* p) { return _mm256_loadu_si256(reinterpret_cast<const V*>(p)); }
    static void store(Block* p, V v) { _mm256_storeu_si256(reinterpret_cast<V*>(p), v); }
    static void stream(Block* p, V v) { _mm256_stream_si256(reinterpret_cast<V*>(p), v); }
    static void fence() { _mm_sfence(); }
    static V constant(uint64_t low, uint64_t high) {
        return _mm256_broadcastsi128_si256(_mm_set_epi64x(int64_t(high), int64_t(low)));
    }
    static V exclusive(V a, V b) { return _mm256_xor_si256(a, b); }
    static V both(V a, V b) { return _mm256_and_si256(a, b); }
    static V without(V a, V b) { return _mm256_andnot_si256(b, a); }
    static V sigma(V v) {
        return _mm256_xor_si256(_mm256_shuffle_epi32(v, 0x4e), _mm256_and_si256(v, constant(~uint64_t(0), 0)));
    }
    static V low_bit_mask(V v) { return _mm256_srai_epi32(_mm256_shuffle_epi32(_mm256_slli_epi32(v, 31), 0), 31); }
    static V second_bit_mask(V v) { return _mm256_srai_epi32(_mm256_shuffle_epi32(_mm256_slli_epi32(v, 30), 0), 31); }
    template <class W>
    static V sum(V a, V b) {
        return sizeof(W) == 4 ? _mm256_add_epi32(a, b) : _mm256_add_epi64(a, b);
    }
    template <class W>
    static V difference(V a, V b) {
        return sizeof(W) == 4 ? _mm256_sub_epi32(a, b) : _mm256_sub_epi64(a, b);
    }
    static V top_bits(const uint32_t* x, int skip) {
        const V both = _mm256_castsi128_si256(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)));
        const V spread = _mm256_permutevar8x32_epi32(both, _mm256_set_epi32(1, 1, 1, 1, 0, 0, 0, 0));
        return _mm256_srai_epi32(_mm256_slli_epi32(spread, skip), 31);
    }
    static V choose(V zero, V one, V mask) { return _mm256_blendv_epi8(zero, one, mask); }
    // Eight blocks or pairs of them at a time hide the latency of a round; the local array keeps them in registers.
    template <int N>
    static void encrypt(const FixedKey& key, V* s) {
        for (int start = 0; start < N; start += 8) {
            V t[8];
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) t[i] = _mm256_xor_si256(s[start + i], round(key, 0));
#pragma GCC unroll 10
            for (int r = 1; r < ROUNDS; r++) {
                const V round_key = round(key, r);
#pragma GCC unroll 8
                for (int i = 0; i < 8; i++) t[i] = _mm256_aesenc_epi128(t[i], round_key);
            }
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) s[start + i] = _mm256_aesenclast_epi128(t[i], round(key, ROUNDS));
        }
    }
    static V round(const FixedKey& key, int r) {
        return _mm256_broadcastsi128_si256(*reinterpret_cast<const __m128i*>(key.round[r]));
    }
};
}  // namespace vaes256
constexpr Trees trees_vaes256 = vaes256::trees_of<vaes256::Engine, vaes256::Engine>();
}  // namespace primia
PRIMIA_TARGET_END
#endif
