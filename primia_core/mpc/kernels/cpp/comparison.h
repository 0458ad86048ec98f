// Half-tree comparison keys for any AES engine E; the mathematics is in kernels/reference/comparison.py.
//
// An engine has vectors E::V of E::BLOCKS blocks and encrypts E::BATCH of them at a time. A batch stays in registers
// or in the first-level cache through all levels of the tree. Masks stand for bits: all ones of a block, or none.
// Include inside a namespace of its own and inside PRIMIA_TARGET.

// Loops over the vectors of a batch are unrolled: what they share then stays in registers.
#define PRIMIA_EACH(i, count) PRIMIA_PRAGMA(GCC unroll 8) for (int i = 0; i < (count); i++)

template <class E, int N>
inline void hash(const FixedKey& key, const typename E::V* in, typename E::V* out) {
    typename E::V mixed[N];
    PRIMIA_EACH(i, N) out[i] = mixed[i] = E::sigma(in[i]);
    E::template encrypt<N>(key, out);
    PRIMIA_EACH(i, N) out[i] = E::exclusive(out[i], mixed[i]);
}

// One batch: its numbers, padded with zeros past the end, and where its groups lie.
template <class E>
struct Batch {
    static constexpr int SIZE = E::BATCH * E::BLOCKS;
    alignas(64) uint32_t number[SIZE];
    int64_t start, filled;
    int to_top;  // moves the compared bits to the top of 32

    template <class Job>
    Batch(const Job& c, int64_t first) : start(first), to_top(32 - c.bits) {
        filled = c.count - first < SIZE ? c.count - first : SIZE;
        if (filled < SIZE)
            for (int i = 0; i < SIZE; i++) number[i] = 0;
        if (c.numbers.bytes == 2)
            copy(static_cast<const uint16_t*>(c.numbers.data) + first);
        else
            copy(static_cast<const uint32_t*>(c.numbers.data) + first);
    }
    template <class X>
    void copy(const X* from) {
        if (filled == SIZE)
            for (int i = 0; i < SIZE; i++) number[i] = from[i];
        else
            for (int i = 0; i < filled; i++) number[i] = from[i];
    }
    void take(const Block* root, typename E::V* out) const {
        alignas(64) Block padded[SIZE];
        const Block* from = root + start;
        if (filled < SIZE) {
            for (int i = 0; i < SIZE; i++) padded[i] = i < filled ? from[i] : Block{0, 0};
            from = padded;
        }
        PRIMIA_EACH(i, E::BATCH) out[i] = E::load(from + i * E::BLOCKS);
    }
    // All ones where the bit of this level is one.
    typename E::V direction(int i, int level) const { return E::top_bits(number + i * E::BLOCKS, to_top + level); }

    // The block of vector i behind the first of its row; a batch of the portable engine spans two groups.
    static int64_t place(int i, int rows) {
        const int element = i * E::BLOCKS;
        return SIZE <= GROUP ? element : element / GROUP * int64_t(rows) * GROUP + element % GROUP;
    }
    int64_t row(int row, int rows) const { return (start / GROUP * rows + row) * GROUP + start % GROUP; }
};

template <class E>
void evaluate_batch(const Comparison& c, int64_t first) {
    typedef typename E::V V;
    typedef Batch<E> B;
    constexpr int N = E::BATCH;
    const int levels = c.bits - 8, rows = levels + 2;
    const B batch(c, first);
    const V low_bit = E::constant(1, 0), control = E::constant(uint64_t(c.party), 0);
    V seed[N], parity[N], child[N];
    batch.take(c.root, seed);
    PRIMIA_EACH(i, N) {
        seed[i] = E::exclusive(E::without(seed[i], low_bit), control);
        parity[i] = E::constant(0, 0);
    }
    const int64_t ahead = int64_t(rows) * GROUP;  // the same place of the next group
    for (int level = 0; level < levels; level++) {
        const Block* row = c.key + batch.row(level, rows);
        hash<E, N>(c.tree, seed, child);
        PRIMIA_EACH(i, N) {
            const Block* at = row + B::place(i, rows);
            __builtin_prefetch(at + ahead);
            const V right = batch.direction(i, level);
            const V left_child = E::exclusive(child[i], E::both(E::low_bit_mask(seed[i]), E::load(at)));
            const V right_child = E::exclusive(left_child, seed[i]);
            parity[i] = E::exclusive(parity[i], E::without(right_child, right));
            seed[i] = E::choose(left_child, right_child, right);
        }
    }
    const V second_leaf = E::constant(0, uint64_t(1) << 32);
    PRIMIA_EACH(i, N) child[i] = E::exclusive(seed[i], E::both(batch.direction(i, levels), second_leaf));
    hash<E, N>(c.leaf, child, child);
    alignas(64) Block leaf[B::SIZE];
    alignas(64) Block odd[B::SIZE];
    const Block* row = c.key + batch.row(levels, rows);
    PRIMIA_EACH(i, N) {
        const Block* at = row + B::place(i, rows);
        __builtin_prefetch(at + ahead);
        __builtin_prefetch(at + ahead + GROUP);
        const V correction = E::choose(E::load(at), E::load(at + GROUP), batch.direction(i, levels));
        E::store(leaf + i * E::BLOCKS, E::exclusive(child[i], E::both(E::low_bit_mask(seed[i]), correction)));
        E::store(odd + i * E::BLOCKS, parity[i]);
    }
    uint8_t* share = c.share + first;
    for (int i = 0; i < batch.filled; i++) {
        const uint32_t x = batch.number[i];
        const uint64_t word = (&leaf[i].low)[x >> 6 & 1];
        share[i] = (odd[i].low ^ word >> (x & 63)) & 1;
    }
}

// Bit j of leaf c is [128 c + j < ones]; without a branch, since a threshold is secret.
inline Block below(int ones, int leaf) {
    const int rest = ones - 128 * leaf;
    auto bits = [](int k) {
        const uint64_t some = uint64_t(0) - uint64_t(k > 0), all = uint64_t(0) - uint64_t(k > 63);
        return (((uint64_t(1) << (k & 63)) - 1) & some) | all;
    };
    return {bits(rest), bits(rest - 64)};
}

template <class E>
void generate_batch(const Comparison& c, int64_t first) {
    typedef typename E::V V;
    typedef Batch<E> B;
    constexpr int N = E::BATCH;
    const int levels = c.bits - 8, rows = levels + 2;
    const B batch(c, first);
    const V low_bit = E::constant(1, 0);
    // On the threshold's path the parties' seeds always differ by the same block, so that one of them is enough.
    V offset[N], seed[N], pair[2 * N];
    batch.take(c.root, seed);
    batch.take(c.other_root, offset);
    PRIMIA_EACH(i, N) {
        offset[i] = E::exclusive(E::without(E::exclusive(seed[i], offset[i]), low_bit), low_bit);
        seed[i] = E::without(seed[i], low_bit);
    }
    for (int level = 0; level < levels; level++) {
        Block* row = c.new_key + batch.row(level, rows);
        PRIMIA_EACH(i, N) {
            pair[i] = seed[i];
            pair[N + i] = E::exclusive(seed[i], offset[i]);
        }
        hash<E, 2 * N>(c.tree, pair, pair);
        PRIMIA_EACH(i, N) {
            const V right = batch.direction(i, level);
            const V correction = E::exclusive(E::exclusive(pair[i], pair[N + i]), E::without(offset[i], right));
            E::stream(row + B::place(i, rows), correction);
            const V kept = E::exclusive(pair[i], E::both(right, seed[i]));
            seed[i] = E::exclusive(kept, E::both(E::low_bit_mask(seed[i]), correction));
        }
    }
    alignas(64) Block ones[B::SIZE];
    for (int leaf = 0; leaf < 2; leaf++) {
        Block* row = c.new_key + batch.row(levels + leaf, rows);
        for (int i = 0; i < B::SIZE; i++) ones[i] = below(int(batch.number[i] & 255), leaf);
        PRIMIA_EACH(i, N) {
            pair[i] = E::exclusive(seed[i], E::constant(0, uint64_t(leaf) << 32));
            pair[N + i] = E::exclusive(pair[i], offset[i]);
        }
        hash<E, 2 * N>(c.leaf, pair, pair);
        PRIMIA_EACH(i, N) {
            const V pads = E::exclusive(pair[i], pair[N + i]);
            E::stream(row + B::place(i, rows), E::exclusive(pads, E::load(ones + i * E::BLOCKS)));
        }
    }
    if (batch.filled < B::SIZE) E::fence();
    for (int64_t i = batch.filled; i < B::SIZE; i++)  // places past the end hold zeros
        for (int r = 0; r < rows; r++) c.new_key[batch.row(r, rows) + B::place(int(i / E::BLOCKS), rows) + i % E::BLOCKS] = {0, 0};
}

// A batch may hold several groups; what is left in the end goes a group at a time.
template <class E, void BATCH(const Comparison&, int64_t), void HALF(const Comparison&, int64_t)>
void over_groups(const Comparison& c, int64_t first, int64_t last) {
    const int64_t size = Batch<E>::SIZE;
    int64_t i = first * GROUP;
    for (; i + size <= last * GROUP; i += size) BATCH(c, i);
    for (; i < last * GROUP; i += GROUP) HALF(c, i);
    E::fence();
}
