// Comparison trees with VAES, four blocks a register.
#include "kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>

#include "target.h"

PRIMIA_TARGET("avx2,aes,vaes,avx512f,avx512bw,avx512dq,avx512vl")
namespace primia {
namespace vaes512 {
#include "comparison.h"
#include "dcf.h"

struct Engine {
    typedef __m512i V;
    static constexpr int BLOCKS = 4, BATCH = 8;
    static V load(const Block* p) { return _mm512_loadu_si512(p); }
    static void store(Block* p, V v) { _mm512_storeu_si512(p, v); }
    static void stream(Block* p, V v) { _mm512_stream_si512(reinterpret_cast<V*>(p), v); }
    static void fence() { _mm_sfence(); }
    static V constant(uint64_t low, uint64_t high) {
        return _mm512_broadcast_i32x4(_mm_set_epi64x(int64_t(high), int64_t(low)));
    }
    static V exclusive(V a, V b) { return _mm512_xor_si512(a, b); }
    static V both(V a, V b) { return _mm512_and_si512(a, b); }
    static V without(V a, V b) { return _mm512_andnot_si512(b, a); }
    static V sigma(V v) {
        return _mm512_xor_si512(_mm512_shuffle_epi32(v, _MM_PERM_BADC), _mm512_and_si512(v, constant(~uint64_t(0), 0)));
    }
    static V low_bit_mask(V v) {
        return _mm512_srai_epi32(_mm512_shuffle_epi32(_mm512_slli_epi32(v, 31), _MM_PERM_AAAA), 31);
    }
    static V second_bit_mask(V v) {
        return _mm512_srai_epi32(_mm512_shuffle_epi32(_mm512_slli_epi32(v, 30), _MM_PERM_AAAA), 31);
    }
    template <class W>
    static V sum(V a, V b) {
        return sizeof(W) == 4 ? _mm512_add_epi32(a, b) : _mm512_add_epi64(a, b);
    }
    template <class W>
    static V difference(V a, V b) {
        return sizeof(W) == 4 ? _mm512_sub_epi32(a, b) : _mm512_sub_epi64(a, b);
    }
    static V top_bits(const uint32_t* x, int skip) {
        const V four = _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)));
        const V places = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
        const V spread = _mm512_permutexvar_epi32(places, four);
        return _mm512_srai_epi32(_mm512_slli_epi32(spread, unsigned(skip)), 31);
    }
    static V choose(V zero, V one, V mask) { return _mm512_ternarylogic_epi32(mask, one, zero, 0xca); }
    // Eight blocks or pairs of them at a time hide the latency of a round; the local array keeps them in registers.
    template <int N>
    static void encrypt(const FixedKey& key, V* s) {
        for (int start = 0; start < N; start += 8) {
            V t[8];
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) t[i] = _mm512_xor_si512(s[start + i], round(key, 0));
#pragma GCC unroll 10
            for (int r = 1; r < ROUNDS; r++) {
                const V round_key = round(key, r);
#pragma GCC unroll 8
                for (int i = 0; i < 8; i++) t[i] = _mm512_aesenc_epi128(t[i], round_key);
            }
#pragma GCC unroll 8
            for (int i = 0; i < 8; i++) s[start + i] = _mm512_aesenclast_epi128(t[i], round(key, ROUNDS));
        }
    }
    static V round(const FixedKey& key, int r) {
        return _mm512_broadcast_i32x4(*reinterpret_cast<const __m128i*>(key.round[r]));
    }
};
}  // namespace vaes512
constexpr Trees trees_vaes512 = vaes512::trees_of<vaes512::Engine, vaes512::Engine>();
}  // namespace primia
PRIMIA_TARGET_END
#endif
