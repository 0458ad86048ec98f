// Comparison trees with AES-NI, one block a register.
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>

#include "target.h"

PRIMIA_TARGET("avx2,aes")
namespace primia {
namespace aesni {
#include "comparison.h"
#include "dcf.h"

struct Engine {
    typedef __m128i V;
    static constexpr int BLOCKS = 1, BATCH = 8;
    static V load(const Block* p) { return _mm_loadu_si128(reinterpret_cast<const V*>(p)); }
    static void store(Block* p, V v) { _mm_storeu_si128(reinterpret_cast<V*>(p), v); }
    static void stream(Block* p, V v) { _mm_stream_si128(reinterpret_cast<V*>(p), v); }
    static void fence() { _mm_sfence(); }
    static V constant(uint64_t low, uint64_t high) { return _mm_set_epi64x(int64_t(high), int64_t(low)); }
    static V exclusive(V a, V b) { return _mm_xor_si128(a, b); }
    static V both(V a, V b) { return _mm_and_si128(a, b); }
    static V without(V a, V b) { return _mm_andnot_si128(b, a); }
    static V sigma(V v) { return _mm_xor_si128(_mm_shuffle_epi32(v, 0x4e), _mm_move_epi64(v)); }
    static V low_bit_mask(V v) { return _mm_srai_epi32(_mm_shuffle_epi32(_mm_slli_epi32(v, 31), 0), 31); }
    static V second_bit_mask(V v) { return _mm_srai_epi32(_mm_shuffle_epi32(_mm_slli_epi32(v, 30), 0), 31); }
    template <class W>
    static V sum(V a, V b) {
        return sizeof(W) == 4 ? _mm_add_epi32(a, b) : _mm_add_epi64(a, b);
    }
    template <class W>
    static V difference(V a, V b) {
        return sizeof(W) == 4 ? _mm_sub_epi32(a, b) : _mm_sub_epi64(a, b);
    }
    static V top_bits(const uint32_t* x, int skip) {
        return _mm_srai_epi32(_mm_slli_epi32(_mm_set1_epi32(int(*x)), skip), 31);
    }
    static V choose(V zero, V one, V mask) { return _mm_blendv_epi8(zero, one, mask); }
    // Eight blocks or pairs of them at a time hide the latency of a round; the local array keeps them in registers.
    template <int N>
    static void encrypt(const FixedKey& key, V* s) {
        const V* k = reinterpret_cast<const V*>(key.round);
        for (int start = 0; start < N; start += 8) {
            V t[8];
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) t[i] = _mm_xor_si128(s[start + i], k[0]);
#pragma GCC unroll 10
            for (int r = 1; r < ROUNDS; r++) {
                const V round_key = k[r];
#pragma GCC unroll 8
                for (int i = 0; i < 8; i++) t[i] = _mm_aesenc_si128(t[i], round_key);
            }
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) s[start + i] = _mm_aesenclast_si128(t[i], k[ROUNDS]);
        }
    }
};
}  // namespace aesni
constexpr Trees trees_aesni = aesni::trees_of<aesni::Engine, aesni::Engine>();
}  // namespace primia
PRIMIA_TARGET_END
#endif
