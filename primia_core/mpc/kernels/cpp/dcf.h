// Comparison functions with payload for any AES engine; the mathematics is in kernels/reference/dcf.py.
// Include behind comparison.h, inside the same namespace.
//
// A value is the words of one payload, spread over as many blocks as they fill, one vector for each: what lies behind
// the last word is of no meaning. In the key words stand one behind the other. Controls are masks.

template <class E>
using Values = typename E::V[MOST_BLOCKS][E::BATCH];

// One batch of elements of one group, and where its parts of the key lie.
template <class E, class W>
struct Payloads : Batch<E> {
    static constexpr int SIZE = Batch<E>::SIZE, EACH = 16 / sizeof(W);
    static_assert(GROUP % SIZE == 0 && SIZE % 8 == 0, "a batch is a part of a group, and its bits are whole bytes");
    typedef typename E::V V;
    const Dcf& d;
    const int words, blocks;  // of one value
    const int64_t place;      // within the group
    const int here;           // elements that are there

    Payloads(const Dcf& dcf, int64_t first)
        : Batch<E>(dcf, first), d(dcf), words(dcf.words), blocks((dcf.words + EACH - 1) / EACH), place(first % GROUP),
          here(int(this->filled < 0 ? 0 : this->filled)) {}

    int64_t level(int level) const { return this->start / GROUP * d.group_bytes() + level * d.level_bytes(); }
    int64_t seeds(int at) const { return level(at) + place * 16; }
    int64_t values(int at) const { return level(at) + GROUP * 16 + value_place(); }
    int64_t flips(int at, int side) const { return level(at) + GROUP * 16 + d.values_bytes() + side * 8 + place / 8; }
    int64_t last_values() const { return level(d.bits) + value_place(); }
    int64_t value_place() const { return place * words * int64_t(sizeof(W)); }

    // Whole blocks are copied where they fit, each over what lies behind the value before; elsewhere only the words.
    void spread(const W* from, int count, Values<E> out) const {
        alignas(64) Block flat[SIZE];
        for (int v = 0; v < blocks; v++) {
            const W* at = from + v * EACH;
            int e = 0;
            for (const int fit = fitting(v, count); e < fit; e++) memcpy(flat + e, at + e * words, 16);
            for (; e < SIZE; e++) {
                flat[e] = {0, 0};
                if (e < count) memcpy(flat + e, at + e * words, size_of(v));
            }
            PRIMIA_EACH(i, E::BATCH) out[v][i] = E::load(flat + i * E::BLOCKS);
        }
    }
    void gather(const Values<E> in, int count, W* to) const {
        alignas(64) Block flat[MOST_BLOCKS][SIZE];
        for (int v = 0; v < blocks; v++) PRIMIA_EACH(i, E::BATCH) E::store(flat[v] + i * E::BLOCKS, in[v][i]);
        int e = 0;
        for (const int fit = fitting(blocks - 1, count); e < fit; e++)
            for (int v = 0; v < blocks; v++) memcpy(to + e * words + v * EACH, flat[v] + e, 16);
        for (; e < count; e++)
            for (int v = 0; v < blocks; v++) memcpy(to + e * words + v * EACH, flat[v] + e, size_of(v));
    }
    size_t size_of(int block) const {
        const int left = words - block * EACH;
        return sizeof(W) * size_t(left < EACH ? left : EACH);
    }
    // So many of the values have this block whole within them all.
    int fitting(int block, int count) const {
        const int last = (count * words - (block + 1) * EACH);
        return last < 0 ? 0 : last / words + 1;
    }
    void clear(uint8_t* key) const {  // places past the end hold zeros
        const size_t missing = size_t(SIZE - here);
        if (!missing) return;
        const int64_t skip = here * words * int64_t(sizeof(W));
        for (int at = 0; at < d.bits; at++) {
            memset(key + seeds(at) + here * 16, 0, missing * 16);
            memset(key + values(at) + skip, 0, missing * size_t(words) * sizeof(W));
            for (int e = here; e < SIZE; e++)
                for (int side = 0; side < 2; side++) key[flips(at, side) + e / 8] &= uint8_t(~(1 << e % 8));
        }
        memset(key + last_values() + skip, 0, missing * size_t(words) * sizeof(W));
    }

    // The values that seeds stand for: the hash of each, of each tweaked by one, ...
    void hashed(const FixedKey& key, const V* seed, Values<E> out) const {
        V tweaked[E::BATCH];
        for (int v = 0; v < blocks; v++) {
            const V tweak = E::constant(0, uint64_t(v) << 32);
            PRIMIA_EACH(i, E::BATCH) tweaked[i] = E::exclusive(seed[i], tweak);
            hash<E, E::BATCH>(key, tweaked, out[v]);
        }
    }
    // Masks from the bits of one side's control corrections.
    void masks(const uint8_t* bits, V* out) const {
        uint64_t packed = 0;
        memcpy(&packed, bits, SIZE / 8);
        alignas(64) uint32_t top[SIZE];
        for (int e = 0; e < SIZE; e++) top[e] = uint32_t(packed >> e) << 31;
        PRIMIA_EACH(i, E::BATCH) out[i] = E::top_bits(top + i * E::BLOCKS, 0);
    }
};

// The hash's input for the child in this direction: the seed with the direction in place of its two control bits.
template <class E>
inline typename E::V child_of(typename E::V seed, typename E::V right) {
    return E::exclusive(E::without(seed, E::constant(3, 0)), E::both(right, E::constant(1, 0)));
}

template <class E>
inline typename E::V control_of(typename E::V seed, typename E::V right) {
    return E::choose(E::low_bit_mask(seed), E::second_bit_mask(seed), right);
}

template <class E, class W>
void dcf_evaluate_batch(const Dcf& d, int64_t first) {
    typedef typename E::V V;
    constexpr int N = E::BATCH;
    const Payloads<E, W> batch(d, first);
    V seed[N], control[N], right[N], child[N], next[N], flip[2][N];
    Values<E> total, value, step;
    batch.take(d.root, seed);
    const uint64_t held = uint64_t(0) - uint64_t(d.party);
    PRIMIA_EACH(i, N) control[i] = E::constant(held, held);
    for (auto& one : total) PRIMIA_EACH(i, N) one[i] = E::constant(0, 0);
    auto add = [&](const FixedKey& key, const V* from, const uint8_t* steps) {
        batch.hashed(key, from, value);
        batch.spread(reinterpret_cast<const W*>(steps), batch.SIZE, step);
        for (int v = 0; v < batch.blocks; v++)
            PRIMIA_EACH(i, N) {
                const V both = E::template sum<W>(value[v][i], E::both(step[v][i], control[i]));
                total[v][i] = E::template sum<W>(total[v][i], both);
            }
    };
    for (int level = 0; level < d.bits; level++) {
        PRIMIA_EACH(i, N) {
            right[i] = batch.direction(i, level);
            child[i] = child_of<E>(seed[i], right[i]);
        }
        add(d.value, child, d.key + batch.values(level));
        hash<E, N>(d.tree, child, next);
        for (int side = 0; side < 2; side++) batch.masks(d.key + batch.flips(level, side), flip[side]);
        const Block* correction = reinterpret_cast<const Block*>(d.key + batch.seeds(level));
        PRIMIA_EACH(i, N) {
            const V raw = control_of<E>(seed[i], right[i]);
            seed[i] = E::exclusive(next[i], E::both(E::load(correction + i * E::BLOCKS), control[i]));
            control[i] = E::exclusive(raw, E::both(control[i], E::choose(flip[0][i], flip[1][i], right[i])));
        }
    }
    add(d.last, seed, d.key + batch.last_values());
    if (d.party)
        for (auto& one : total) PRIMIA_EACH(i, N) one[i] = E::template difference<W>(E::constant(0, 0), one[i]);
    batch.gather(total, batch.here, static_cast<W*>(d.share) + first * d.words);
}

template <class E, class W>
void dcf_generate_batch(const Dcf& d, int64_t first) {
    typedef typename E::V V;
    constexpr int N = E::BATCH;
    const Payloads<E, W> batch(d, first);
    V seed[2][N], control[2][N], kept[2][N], lost[2][N], right[N], correction[N];
    Values<E> payload, kept_value[2], lost_value[2], step;
    Values<E> total;  // what the parties' sums so far differ by, on the path of the threshold
    batch.take(d.root, seed[0]);
    batch.take(d.other_root, seed[1]);
    batch.spread(static_cast<const W*>(d.payload) + first * d.words, batch.here, payload);
    for (auto& one : total) PRIMIA_EACH(i, N) one[i] = E::constant(0, 0);
    PRIMIA_EACH(i, N) {
        control[0][i] = E::constant(0, 0);
        control[1][i] = E::constant(~uint64_t(0), ~uint64_t(0));
    }
    // Less where party 1 holds the control bit; (x ^ mask) - mask.
    auto put = [&](int64_t at) {
        for (int v = 0; v < batch.blocks; v++)
            PRIMIA_EACH(i, N)
            step[v][i] = E::template difference<W>(E::exclusive(step[v][i], control[1][i]), control[1][i]);
        batch.gather(step, batch.SIZE, reinterpret_cast<W*>(d.new_key + at));
    };
    for (int level = 0; level < d.bits; level++) {
        PRIMIA_EACH(i, N) right[i] = batch.direction(i, level);
        for (int b = 0; b < 2; b++) {
            PRIMIA_EACH(i, N) {
                kept[b][i] = child_of<E>(seed[b][i], right[i]);
                lost[b][i] = E::exclusive(kept[b][i], E::constant(1, 0));
            }
            batch.hashed(d.value, kept[b], kept_value[b]);
            batch.hashed(d.value, lost[b], lost_value[b]);
            hash<E, N>(d.tree, lost[b], lost[b]);
            hash<E, N>(d.tree, kept[b], kept[b]);
        }
        for (int v = 0; v < batch.blocks; v++)
            PRIMIA_EACH(i, N) {
                V bent = E::template difference<W>(lost_value[1][v][i], lost_value[0][v][i]);
                bent = E::template difference<W>(bent, total[v][i]);
                step[v][i] = bent = E::template sum<W>(bent, E::both(right[i], payload[v][i]));
                bent = E::template sum<W>(bent, E::template difference<W>(kept_value[0][v][i], kept_value[1][v][i]));
                total[v][i] = E::template sum<W>(total[v][i], bent);
            }
        put(batch.values(level));
        alignas(64) Block differing[batch.SIZE];
        PRIMIA_EACH(i, N) {
            const V differ = E::exclusive(seed[0][i], seed[1][i]);
            correction[i] = E::exclusive(lost[0][i], lost[1][i]);
            E::store(reinterpret_cast<Block*>(d.new_key + batch.seeds(level)) + i * E::BLOCKS, correction[i]);
            // The side that is lost keeps equal controls, the other one unequal ones.
            const V left = E::low_bit_mask(differ), flip = E::choose(left, E::second_bit_mask(differ), right[i]);
            E::store(differing + i * E::BLOCKS, differ);
            for (int b = 0; b < 2; b++) {
                const V raw = control_of<E>(seed[b][i], right[i]);
                seed[b][i] = E::exclusive(kept[b][i], E::both(correction[i], control[b][i]));
                control[b][i] = E::exclusive(raw, E::without(control[b][i], flip));
            }
        }
        uint64_t flips[2] = {0, 0};
        for (int e = 0; e < batch.SIZE; e++) {
            const uint64_t turn = batch.number[e] >> (d.bits - 1 - level) & 1;
            flips[0] |= ((differing[e].low ^ turn ^ 1) & 1) << e;
            flips[1] |= ((differing[e].low >> 1 ^ turn) & 1) << e;
        }
        for (int side = 0; side < 2; side++) memcpy(d.new_key + batch.flips(level, side), flips + side, batch.SIZE / 8);
    }
    for (int b = 0; b < 2; b++) batch.hashed(d.last, seed[b], kept_value[b]);
    for (int v = 0; v < batch.blocks; v++)
        PRIMIA_EACH(i, N) {
            const V ends = E::template difference<W>(kept_value[1][v][i], kept_value[0][v][i]);
            step[v][i] = E::template difference<W>(ends, total[v][i]);
        }
    put(batch.last_values());
    batch.clear(d.new_key);
}

template <class E, void NARROW(const Dcf&, int64_t), void WIDE(const Dcf&, int64_t)>
void over_payloads(const Dcf& d, int64_t first, int64_t last) {
    auto* one = d.word_bytes == 4 ? NARROW : WIDE;
    for (int64_t start = first * GROUP; start < last * GROUP; start += Batch<E>::SIZE) one(d, start);
}

template <class E>
void encrypt_many(const FixedKey& key, Block* blocks, int64_t count) {  // count: a multiple of the batch
    constexpr int N = E::BATCH;
    for (int64_t start = 0; start < count; start += N * E::BLOCKS) {
        typename E::V batch[N];
        for (int i = 0; i < N; i++) batch[i] = E::load(blocks + start + i * E::BLOCKS);
        E::template encrypt<N>(key, batch);
        for (int i = 0; i < N; i++) E::store(blocks + start + i * E::BLOCKS, batch[i]);
    }
}

// The functions of one engine; HALF is the same engine with batches of at most one group.
template <class E, class HALF>
constexpr Trees trees_of() {
    return {over_groups<E, generate_batch<E>, generate_batch<HALF>>,
            over_groups<E, evaluate_batch<E>, evaluate_batch<HALF>>,
            over_payloads<HALF, dcf_generate_batch<HALF, uint32_t>, dcf_generate_batch<HALF, uint64_t>>,
            over_payloads<HALF, dcf_evaluate_batch<HALF, uint32_t>, dcf_evaluate_batch<HALF, uint64_t>>,
            encrypt_many<E>};
}
