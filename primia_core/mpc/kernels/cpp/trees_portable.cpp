// Comparison trees on any processor: AES as a circuit of logic gates over many blocks at once (bitslicing), or lent.
//
// No table is looked up and no branch depends on data, so time says nothing about seeds; round keys are public. Who lends
// an AES answers for the same of it.
// The S-box is the circuit of Boyar and Peralta, "A New Combinational Logic Minimization Technique with Applications
// to Cryptology", SEA 2010, figures 5 to 8.
#include <atomic>

#include "kernels.h"
#include "target.h"

namespace primia {
namespace portable {
#include "comparison.h"
#include "dcf.h"

typedef uint64_t Pair __attribute__((vector_size(16)));

// One gate for 64 or 128 blocks: Slice holds the same bit of all of them.
template <class Slice>
inline void substitute(Slice* b) {  // b[0] is the lowest bit of a byte
    const Slice x0 = b[7], x1 = b[6], x2 = b[5], x3 = b[4], x4 = b[3], x5 = b[2], x6 = b[1], x7 = b[0];
    const Slice y14 = x3 ^ x5, y13 = x0 ^ x6, y9 = x0 ^ x3, y8 = x0 ^ x5, t0 = x1 ^ x2, y1 = t0 ^ x7, y4 = y1 ^ x3;
    const Slice y12 = y13 ^ y14, y2 = y1 ^ x0, y5 = y1 ^ x6, y3 = y5 ^ y8, t1 = x4 ^ y12, y15 = t1 ^ x5, y20 = t1 ^ x1;
    const Slice y6 = y15 ^ x7, y10 = y15 ^ t0, y11 = y20 ^ y9, y7 = x7 ^ y11, y17 = y10 ^ y11, y19 = y10 ^ y8;
    const Slice y16 = t0 ^ y11, y21 = y13 ^ y16, y18 = x0 ^ y16;
    const Slice t2 = y12 & y15, t3 = y3 & y6, t4 = t3 ^ t2, t5 = y4 & x7, t6 = t5 ^ t2, t7 = y13 & y16, t8 = y5 & y1;
    const Slice t9 = t8 ^ t7, t10 = y2 & y7, t11 = t10 ^ t7, t12 = y9 & y11, t13 = y14 & y17, t14 = t13 ^ t12;
    const Slice t15 = y8 & y10, t16 = t15 ^ t12, t17 = t4 ^ t14, t18 = t6 ^ t16, t19 = t9 ^ t14, t20 = t11 ^ t16;
    const Slice t21 = t17 ^ y20, t22 = t18 ^ y19, t23 = t19 ^ y21, t24 = t20 ^ y18, t25 = t21 ^ t22, t26 = t21 & t23;
    const Slice t27 = t24 ^ t26, t28 = t25 & t27, t29 = t28 ^ t22, t30 = t23 ^ t24, t31 = t22 ^ t26, t32 = t31 & t30;
    const Slice t33 = t32 ^ t24, t34 = t23 ^ t33, t35 = t27 ^ t33, t36 = t24 & t35, t37 = t36 ^ t34, t38 = t27 ^ t36;
    const Slice t39 = t29 & t38, t40 = t25 ^ t39, t41 = t40 ^ t37, t42 = t29 ^ t33, t43 = t29 ^ t40, t44 = t33 ^ t37;
    const Slice t45 = t42 ^ t41;
    const Slice z0 = t44 & y15, z1 = t37 & y6, z2 = t33 & x7, z3 = t43 & y16, z4 = t40 & y1, z5 = t29 & y7;
    const Slice z6 = t42 & y11, z7 = t45 & y17, z8 = t41 & y10, z9 = t44 & y12, z10 = t37 & y3, z11 = t33 & y4;
    const Slice z12 = t43 & y13, z13 = t40 & y5, z14 = t29 & y2, z15 = t42 & y9, z16 = t45 & y14, z17 = t41 & y8;
    const Slice t46 = z15 ^ z16, t47 = z10 ^ z11, t48 = z5 ^ z13, t49 = z9 ^ z10, t50 = z2 ^ z12, t51 = z2 ^ z5;
    const Slice t52 = z7 ^ z8, t53 = z0 ^ z3, t54 = z6 ^ z7, t55 = z16 ^ z17, t56 = z12 ^ t48, t57 = t50 ^ t53;
    const Slice t58 = z4 ^ t46, t59 = z3 ^ t54, t60 = t46 ^ t57, t61 = z14 ^ t57, t62 = t52 ^ t58, t63 = t49 ^ t58;
    const Slice t64 = z4 ^ t59, t65 = t61 ^ t62, t66 = z1 ^ t63, t67 = t64 ^ t65, s3 = t53 ^ t66;
    b[7] = t59 ^ t63;
    b[6] = t64 ^ ~s3;
    b[5] = t55 ^ ~t67;
    b[4] = s3;
    b[3] = t51 ^ t66;
    b[2] = t47 ^ t65;
    b[1] = t56 ^ ~t62;
    b[0] = t48 ^ ~t60;
}

template <class Slice>
inline void add_round_key(Slice (*state)[8], const uint8_t* key) {
    for (int byte = 0; byte < 16; byte++)
        for (int bit = 0; bit < 8; bit++)
            state[byte][bit] ^= Slice{} - (uint64_t(key[byte] >> bit) & 1);
}

// Rows move, then columns are mixed: out = 2 a ^ 3 b ^ c ^ d = double(a ^ b) ^ b ^ c ^ d.
template <class Slice>
inline void shift_and_mix(const Slice (*in)[8], Slice (*out)[8], bool mix) {
    for (int column = 0; column < 4; column++) {
        const Slice* a[4];
        for (int row = 0; row < 4; row++) a[row] = in[row + 4 * ((column + row) % 4)];
        for (int row = 0; row < 4; row++) {
            Slice* to = out[row + 4 * column];
            const Slice *p = a[row], *q = a[(row + 1) % 4], *r = a[(row + 2) % 4], *s = a[(row + 3) % 4];
            if (!mix) {
                for (int bit = 0; bit < 8; bit++) to[bit] = p[bit];
                continue;
            }
            const Slice carry = p[7] ^ q[7];
            to[0] = carry ^ q[0] ^ r[0] ^ s[0];
            for (int bit = 1; bit < 8; bit++) {
                Slice doubled = p[bit - 1] ^ q[bit - 1];
                if (bit == 1 || bit == 3 || bit == 4) doubled ^= carry;
                to[bit] = doubled ^ q[bit] ^ r[bit] ^ s[bit];
            }
        }
    }
}

template <class Slice>
void encrypt_slices(const FixedKey& key, Slice (*state)[8]) {
    Slice other[16][8];
    add_round_key(state, key.round[0]);
    for (int round = 1; round <= ROUNDS; round++) {
        for (int byte = 0; byte < 16; byte++) {
            for (int bit = 0; bit < 8; bit++) other[byte][bit] = state[byte][bit];
            substitute(other[byte]);
        }
        shift_and_mix(other, state, round < ROUNDS);
        add_round_key(state, key.round[round]);
    }
}

// Bit j of word i and bit i of word j change places.
inline void transpose(uint64_t* a) {
    uint64_t mask = 0x00000000FFFFFFFF;
    for (int width = 32; width; width >>= 1, mask ^= mask << width)
        for (int start = 0; start < 64; start += 2 * width)
            for (int k = start; k < start + width; k++) {
                uint64_t t = ((a[k] >> width) ^ a[k + width]) & mask;
                a[k] ^= t << width;
                a[k + width] ^= t;
            }
}

template <class Slice>
void encrypt_blocks(const FixedKey& key, Pair* blocks) {
    constexpr int WORDS = sizeof(Slice) / 8;
    alignas(64) Slice state[16][8];
    uint64_t* flat = reinterpret_cast<uint64_t*>(state);
    uint64_t square[64];
    for (int half = 0; half < 2; half++)
        for (int w = 0; w < WORDS; w++) {
            for (int i = 0; i < 64; i++) square[i] = blocks[64 * w + i][half];
            transpose(square);
            for (int i = 0; i < 64; i++) flat[(64 * half + i) * WORDS + w] = square[i];
        }
    encrypt_slices(key, state);
    for (int half = 0; half < 2; half++)
        for (int w = 0; w < WORDS; w++) {
            for (int i = 0; i < 64; i++) square[i] = flat[(64 * half + i) * WORDS + w];
            transpose(square);
            for (int i = 0; i < 64; i++) blocks[64 * w + i][half] = square[i];
        }
}

template <int SIZE>
struct Engine {
    typedef Pair V;
    static constexpr int BLOCKS = 1, BATCH = SIZE;
    static V load(const Block* p) { return V{p->low, p->high}; }
    static void store(Block* p, V v) { *p = {v[0], v[1]}; }
    static void stream(Block* p, V v) { store(p, v); }
    static void fence() {}
    static V constant(uint64_t low, uint64_t high) { return V{low, high}; }
    static V exclusive(V a, V b) { return a ^ b; }
    static V both(V a, V b) { return a & b; }
    static V without(V a, V b) { return a & ~b; }
    static V sigma(V v) { return V{v[0] ^ v[1], v[0]}; }
    static V low_bit_mask(V v) {
        uint64_t mask = uint64_t(0) - (v[0] & 1);
        return V{mask, mask};
    }
    static V second_bit_mask(V v) {
        uint64_t mask = uint64_t(0) - (v[0] >> 1 & 1);
        return V{mask, mask};
    }
    template <class W>
    static V sum(V a, V b) {
        typedef W Words __attribute__((vector_size(16)));
        return V(Words(a) + Words(b));
    }
    template <class W>
    static V difference(V a, V b) {
        typedef W Words __attribute__((vector_size(16)));
        return V(Words(a) - Words(b));
    }
    static V top_bits(const uint32_t* x, int skip) {
        const uint64_t mask = uint64_t(0) - (*x >> (31 - skip) & 1);
        return V{mask, mask};
    }
    static V choose(V zero, V one, V mask) { return zero ^ ((zero ^ one) & mask); }
    template <int N>
    static void encrypt(const FixedKey& key, V* s) {
        int start = 0;
        for (; start + 128 <= N; start += 128) encrypt_blocks<Pair>(key, s + start);
        if (start < N) encrypt_blocks<uint64_t>(key, s + start);
    }
};

static std::atomic<Permutation> lent{nullptr};

// The same with the AES that was lent, where that succeeds. A batch is large, because a call of it is expensive.
struct Borrower : Engine<64> {
    static constexpr int BATCH = 2048;
    template <int N>
    static void encrypt(const FixedKey& key, V* s) {
        const Permutation permutation = lent.load(std::memory_order_relaxed);
        V out[N + 1];  // one block to spare, which OpenSSL's interface in Python asks for
        if (permutation && permutation(key.round[0], s, out, N) == 1) {
            for (int i = 0; i < N; i++) s[i] = out[i];
            return;
        }
        for (int start = 0; start < N; start += 128) encrypt_blocks<Pair>(key, s + start);
    }
};

constexpr Trees borrowing() {
    Trees trees = trees_of<Borrower, Engine<64>>();
    trees.encrypt = encrypt_many<Engine<128>>;  // the circuit, so that it can be measured beside what is lent
    return trees;
}
}  // namespace portable
constexpr Trees trees_portable = portable::trees_of<portable::Engine<128>, portable::Engine<64>>();
constexpr Trees trees_borrower = portable::borrowing();
void lend(Permutation permutation) { portable::lent.store(permutation); }
}  // namespace primia
