// Comparison functions with payload for any AES engine; the mathematics is in kernels/reference/dcf.py.
// Include behind comparison.h, inside the same namespace. One group of 64 elements is worked on at a time, level after
// level, in buffers of the first-level cache.

template <class E>
void hash_group(const FixedKey& key, const Block* in, Block* out) {
    constexpr int N = E::GROUP_BATCH, SIZE = N * E::BLOCKS;
    for (int start = 0; start < GROUP; start += SIZE) {
        typename E::V batch[N];
        for (int i = 0; i < N; i++) batch[i] = E::load(in + start + i * E::BLOCKS);
        hash<E, N>(key, batch, batch);
        for (int i = 0; i < N; i++) E::store(out + start + i * E::BLOCKS, batch[i]);
    }
}

// Ring words of one group: the hash of the seed, of the seed tweaked by one, ... read one behind the other.
template <class E, class W>
void hash_values(const FixedKey& key, const Block* seed, int words, W* out) {
    alignas(64) Block tweaked[GROUP], hashed[GROUP];
    constexpr int each = 16 / sizeof(W);
    for (int block = 0; block * each < words; block++) {
        for (int e = 0; e < GROUP; e++) tweaked[e] = {seed[e].low, seed[e].high ^ uint64_t(block) << 32};
        hash_group<E>(key, tweaked, hashed);
        const W* from = reinterpret_cast<const W*>(hashed);
        int here = words - block * each < each ? words - block * each : each;
        for (int e = 0; e < GROUP; e++)
            for (int j = 0; j < here; j++) out[e * words + block * each + j] = from[e * each + j];
    }
}

inline Block child_of(Block seed, uint64_t right) { return {(seed.low & ~uint64_t(3)) | right, seed.high}; }

template <class E, class W>
void dcf_evaluate_group(const Dcf& d, int64_t group) {
    alignas(64) Block seed[GROUP], child[GROUP];
    uint64_t control[GROUP];
    uint32_t path[GROUP];
    W total[GROUP * MOST_WORDS], value[GROUP * MOST_WORDS];
    const int words = d.words;
    const int64_t start = group * GROUP, filled = d.count - start < GROUP ? d.count - start : GROUP;
    for (int e = 0; e < GROUP; e++) {
        seed[e] = e < filled ? d.root[start + e] : Block{0, 0};
        path[e] = e < filled ? d.numbers.at(start + e) : 0;
        control[e] = d.party;
    }
    for (int j = 0; j < GROUP * words; j++) total[j] = 0;
    const uint8_t* row = d.key + group * d.group_bytes();
    auto add = [&](const FixedKey& key, const Block* from, const W* step) {
        hash_values<E, W>(key, from, words, value);
        for (int e = 0; e < GROUP; e++) {
            W held = W(0) - W(control[e]);
            for (int j = 0; j < words; j++) total[e * words + j] += value[e * words + j] + (step[e * words + j] & held);
        }
    };
    for (int level = 0; level < d.bits; level++, row += d.level_bytes()) {
        const Block* correction = reinterpret_cast<const Block*>(row);
        const uint64_t* flips = reinterpret_cast<const uint64_t*>(row + GROUP * 16 + d.values_bytes());
        for (int e = 0; e < GROUP; e++) child[e] = child_of(seed[e], path[e] >> (d.bits - 1 - level) & 1);
        add(d.value, child, reinterpret_cast<const W*>(row + GROUP * 16));
        alignas(64) Block next[GROUP];
        hash_group<E>(d.tree, child, next);
        for (int e = 0; e < GROUP; e++) {
            uint64_t right = child[e].low & 1, held = uint64_t(0) - control[e];
            uint64_t raw = seed[e].low >> right & 1;
            uint64_t flip = (flips[0] >> e & ~right) | (flips[1] >> e & right);
            seed[e] = {next[e].low ^ (correction[e].low & held), next[e].high ^ (correction[e].high & held)};
            control[e] = raw ^ (control[e] & flip & 1);
        }
    }
    add(d.last, seed, reinterpret_cast<const W*>(row));
    W* share = static_cast<W*>(d.share) + start * words;
    for (int64_t j = 0; j < filled * words; j++) share[j] = d.party ? W(0) - total[j] : total[j];
}

template <class E, class W>
void dcf_generate_group(const Dcf& d, int64_t group) {
    alignas(64) Block seed[2][GROUP], kept[2][GROUP], lost[2][GROUP], hashed[2][GROUP];
    uint64_t control[2][GROUP];
    uint32_t alpha[GROUP];
    W total[GROUP * MOST_WORDS] = {}, payload[GROUP * MOST_WORDS] = {};
    W kept_value[2][GROUP * MOST_WORDS], lost_value[2][GROUP * MOST_WORDS];
    const int words = d.words;
    const int64_t start = group * GROUP, filled = d.count - start < GROUP ? d.count - start : GROUP;
    const Block* roots[2] = {d.root, d.other_root};
    for (int e = 0; e < GROUP; e++) {
        alpha[e] = e < filled ? d.numbers.at(start + e) : 0;
        for (int b = 0; b < 2; b++) {
            seed[b][e] = e < filled ? roots[b][start + e] : Block{0, 0};
            control[b][e] = b;
        }
    }
    for (int64_t j = 0; j < filled * words; j++) payload[j] = static_cast<const W*>(d.payload)[start * words + j];
    uint8_t* row = d.new_key + group * d.group_bytes();
    for (int level = 0; level < d.bits; level++, row += d.level_bytes()) {
        Block* correction = reinterpret_cast<Block*>(row);
        W* step = reinterpret_cast<W*>(row + GROUP * 16);
        uint64_t* flips = reinterpret_cast<uint64_t*>(row + GROUP * 16 + d.values_bytes());
        flips[0] = flips[1] = 0;
        for (int b = 0; b < 2; b++) {
            for (int e = 0; e < GROUP; e++) {
                uint64_t right = alpha[e] >> (d.bits - 1 - level) & 1;
                kept[b][e] = child_of(seed[b][e], right);
                lost[b][e] = child_of(seed[b][e], right ^ 1);
            }
            hash_values<E, W>(d.value, kept[b], words, kept_value[b]);
            hash_values<E, W>(d.value, lost[b], words, lost_value[b]);
            hash_group<E>(d.tree, lost[b], hashed[b]);
        }
        for (int e = 0; e < GROUP; e++) {
            bool real = e < filled;
            uint64_t right = kept[0][e].low & 1, differ = seed[0][e].low ^ seed[1][e].low;
            Block fix = {hashed[0][e].low ^ hashed[1][e].low, hashed[0][e].high ^ hashed[1][e].high};
            correction[e] = real ? fix : Block{0, 0};
            W sign = W(1) - W(2) * W(control[1][e]);
            for (int j = e * words; j < (e + 1) * words; j++) {
                W bent = lost_value[1][j] - lost_value[0][j] - total[j] + W(right) * payload[j];
                total[j] += kept_value[0][j] - kept_value[1][j] + bent;
                step[j] = real ? sign * bent : 0;
            }
            uint64_t flip[2] = {(differ ^ right ^ 1) & 1, (differ >> 1 ^ right) & 1};
            for (int side = 0; side < 2; side++) flips[side] |= uint64_t(real ? flip[side] : 0) << e;
            for (int b = 0; b < 2; b++) {
                uint64_t raw = seed[b][e].low >> right & 1;
                uint64_t held = uint64_t(0) - control[b][e];
                lost[b][e] = {fix.low & held, fix.high & held};
                control[b][e] = raw ^ (control[b][e] & flip[right]);
            }
        }
        for (int b = 0; b < 2; b++) {
            hash_group<E>(d.tree, kept[b], seed[b]);
            for (int e = 0; e < GROUP; e++) {
                seed[b][e].low ^= lost[b][e].low;
                seed[b][e].high ^= lost[b][e].high;
            }
        }
    }
    for (int b = 0; b < 2; b++) hash_values<E, W>(d.last, seed[b], words, kept_value[b]);
    W* step = reinterpret_cast<W*>(row);
    for (int j = 0; j < GROUP * words; j++) {
        W sign = W(1) - W(2) * W(control[1][j / words]);
        step[j] = j / words < filled ? sign * (kept_value[1][j] - kept_value[0][j] - total[j]) : 0;
    }
}

template <class E>
void dcf_evaluate(const Dcf& d, int64_t first, int64_t last) {
    auto one = d.word_bytes == 4 ? dcf_evaluate_group<E, uint32_t> : dcf_evaluate_group<E, uint64_t>;
    for (int64_t group = first; group < last; group++) one(d, group);
}

template <class E>
void dcf_generate(const Dcf& d, int64_t first, int64_t last) {
    auto one = d.word_bytes == 4 ? dcf_generate_group<E, uint32_t> : dcf_generate_group<E, uint64_t>;
    for (int64_t group = first; group < last; group++) one(d, group);
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
            over_groups<E, evaluate_batch<E>, evaluate_batch<HALF>>, dcf_generate<HALF>, dcf_evaluate<HALF>,
            encrypt_many<E>};
}
