// What Python calls: plain functions, which choose the code for a level and share a call among threads.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "kernels.h"

namespace primia {

struct Level {
    const char* name;
    const Trees* trees;
    const Rings* rings;
};

static std::vector<Level> find_levels() {
    std::vector<Level> levels;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("aes");
    const bool vaes = __builtin_cpu_supports("vaes");
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx512) levels.push_back({"native-avx512", vaes ? &trees_vaes512 : &trees_aesni, &rings_avx512});
    if (avx2 && vaes) levels.push_back({"native-avx2", &trees_vaes256, &rings_avx2});
    if (avx2) levels.push_back({vaes ? "native-aesni" : "native-avx2", &trees_aesni, &rings_avx2});
#endif
    levels.push_back({"native-portable", &trees_portable, &rings_portable});
    return levels;
}

static std::vector<Level>& levels() {
    static std::vector<Level> found = find_levels();
    return found;
}

// Call work(first, last) on parts of [0, count), each at least `grain` long, in up to so many threads.
template <class Work>
static void share(int64_t count, int threads, int64_t grain, const Work& work) {
    const int64_t parts = std::max<int64_t>(1, std::min<int64_t>(threads, count / std::max<int64_t>(1, grain)));
    std::vector<std::thread> helpers;
    int64_t done_here = count;
    for (int64_t part = parts - 1; part > 0; part--) {
        const int64_t first = count * part / parts, last = done_here;
        try {
            helpers.emplace_back([&work, first, last] { work(first, last); });
        } catch (const std::system_error&) {  // no more threads: the rest is done here
            break;
        }
        done_here = first;
    }
    if (done_here) work(int64_t(0), done_here);
    for (auto& helper : helpers) helper.join();
}

// Memory that a thread keeps between convolutions: fresh pages cost more than the unfolding itself.
struct Scratch {
    void* data = nullptr;
    size_t size = 0;
    ~Scratch() { std::free(data); }
    void* get(size_t wanted) {
        if (wanted > size) {
            std::free(data);
            size = (wanted + 4095) / 4096 * 4096;
            data = std::aligned_alloc(64, size);
            if (!data) size = 0;
        }
        return data;
    }
};

static int64_t groups_of(int64_t count) { return (count + GROUP - 1) / GROUP; }
constexpr int64_t ELEMENTS = 16384;  // a thread is worth starting for so many

}  // namespace primia

using namespace primia;

#define PRIMIA_API extern "C" __attribute__((visibility("default")))

PRIMIA_API const char* primia_level_name(int level) {
    return level < int(levels().size()) ? levels()[size_t(level)].name : nullptr;
}

PRIMIA_API void primia_comparison(int level, int threads, int64_t count, int bits, int party, const void* numbers,
                       int number_bytes, const Block* root, const Block* other_root, const Block* key, Block* new_key,
                       uint8_t* found, const uint8_t* tree, const uint8_t* leaf) {
    const Comparison c = {count,   bits,  party,          {numbers, number_bytes}, root, other_root, key,
                          new_key, found, expand(tree), expand(leaf)};
    const Trees& trees = *levels()[size_t(level)].trees;
    auto* work = new_key ? trees.comparison_generate : trees.comparison_evaluate;
    share(groups_of(count), threads, ELEMENTS / GROUP, [&](int64_t first, int64_t last) { work(c, first, last); });
}

PRIMIA_API void primia_dcf(int level, int threads, int64_t count, int bits, int party, int word_bytes, int words,
                const void* numbers, int number_bytes, const Block* root, const Block* other_root, const void* payload,
                const uint8_t* key, uint8_t* new_key, void* found, const uint8_t* tree, const uint8_t* value,
                const uint8_t* last_value) {
    const Dcf d = {count,      bits,    party, word_bytes, words, {numbers, number_bytes}, root,
                   other_root, payload, key,   new_key,    found, expand(tree), expand(value), expand(last_value)};
    const Trees& trees = *levels()[size_t(level)].trees;
    auto* work = new_key ? trees.dcf_generate : trees.dcf_evaluate;
    share(groups_of(count), threads, ELEMENTS / GROUP, [&](int64_t first, int64_t last) { work(d, first, last); });
}

// Lend AES to the portable level, or take it back with null. Not while kernels run.
PRIMIA_API void primia_lend(Permutation permutation) {
    lend(permutation);
    levels().back().trees = permutation ? &trees_borrower : &trees_portable;
}

PRIMIA_API void primia_encrypt(int level, const uint8_t* key, Block* blocks, int64_t count) {
    levels()[size_t(level)].trees->encrypt(expand(key), blocks, count);
}

PRIMIA_API int64_t primia_panel_width(int level, int word_bytes) {
    return levels()[size_t(level)].rings->panel_width(word_bytes);
}

PRIMIA_API void primia_pack(int level, const int64_t* shape, int word_bytes, const void* weights, void* panels) {
    Convolution c = {};
    c.groups = shape[0];
    c.outputs = shape[1];
    c.channels = shape[2];
    c.kernel_height = shape[3];
    c.kernel_width = shape[4];
    c.word_bytes = word_bytes;
    levels()[size_t(level)].rings->pack(weights, panels, c);
}

// Returns 0, or 1 where there is no memory for the unfolded input.
PRIMIA_API int primia_convolve(int level, int threads, const int64_t* s, int word_bytes, const void* x, const void* panels,
                    void* y) {
    thread_local Scratch scratch;
    Convolution c = {s[0],  s[1],  s[2],  s[3],  s[4],  s[5],  s[6],       s[7], s[8],   s[9], s[10],
                     s[11], s[12], s[13], s[14], s[15], s[16], s[17], word_bytes, x,    panels, y,    nullptr};
    const Rings& rings = *levels()[size_t(level)].rings;
    const int64_t lines = c.batch * c.groups * c.padded_height();
    c.rows = scratch.get(size_t(lines * c.padded_width() * c.channels * word_bytes));
    if (!c.rows) return 1;
    share(lines, threads, 16, [&](int64_t first, int64_t last) { rings.unfold(c, first, last); });
    share(rings.tasks(c), threads, 1, [&](int64_t first, int64_t last) { rings.convolve(c, first, last); });
    return 0;
}

// kind: 0 truncate, 1 relu, 2 maximum.
PRIMIA_API void primia_select(int level, int threads, int kind, int64_t count, const int* s, const void* opened, const void* other,
                   const uint8_t* sign, const void* rho, const void* rho_mask, const void* mask, const void* rho_wrap,
                   const void* wrap, const void* right_mask, const void* out_mask, void* y) {
    const Select select = {s[0],     s[1], s[2],     s[3], s[4],     s[5],       opened,   other, sign,
                           rho, rho_mask, mask, rho_wrap, wrap, right_mask, out_mask, y};
    const Rings& rings = *levels()[size_t(level)].rings;
    auto* work = kind == 0 ? rings.truncate : kind == 1 ? rings.relu : rings.maximum;
    share(count, threads, 4 * ELEMENTS, [&](int64_t first, int64_t last) { work(select, first, last); });
}

namespace {

// A table that fills one machine word is read by one shift.
template <class Row, class Index>
void shift_out(const uint8_t* rows, const Index* index, int entry_bits, uint8_t* found, int64_t first, int64_t last) {
    const Row entry = Row((1u << entry_bits) - 1);
    for (int64_t i = first; i < last; i++) {
        Row row;
        memcpy(&row, rows + i * int64_t(sizeof(Row)), sizeof(Row));
        found[i] = uint8_t(row >> (unsigned(index[i]) * unsigned(entry_bits)) & entry);
    }
}

template <class Index>
void pick_out(const uint8_t* rows, int64_t row_bytes, const Index* index, int entry_bits, uint8_t* found, int64_t first,
              int64_t last) {
    switch (row_bytes) {
        case 1: return shift_out<uint8_t>(rows, index, entry_bits, found, first, last);
        case 2: return shift_out<uint16_t>(rows, index, entry_bits, found, first, last);
        case 4: return shift_out<uint32_t>(rows, index, entry_bits, found, first, last);
        case 8: return shift_out<uint64_t>(rows, index, entry_bits, found, first, last);
    }
    const uint8_t entry = uint8_t((1u << entry_bits) - 1);
    for (int64_t i = first; i < last; i++) {
        const int64_t bit = int64_t(index[i]) * entry_bits;
        found[i] = uint8_t(rows[i * row_bytes + (bit >> 3)] >> (bit & 7)) & entry;
    }
}

template <class Index, class Word>
void copy_out(const Word* tables, int64_t entries, const Index* index, Word* found, int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) found[i] = tables[i * entries + int64_t(index[i])];
}

template <class Index>
void look_up(const void* tables, int64_t row_bytes, const Index* index, int entry_bits, int word_bytes, void* found,
             int64_t first, int64_t last) {
    if (entry_bits)
        return pick_out(static_cast<const uint8_t*>(tables), row_bytes, index, entry_bits,
                        static_cast<uint8_t*>(found), first, last);
    const int64_t entries = row_bytes / word_bytes;
    auto copy = [&](auto word) {
        using Word = decltype(word);
        copy_out(static_cast<const Word*>(tables), entries, index, static_cast<Word*>(found), first, last);
    };
    switch (word_bytes) {
        case 1: return copy(uint8_t());
        case 2: return copy(uint16_t());
        case 4: return copy(uint32_t());
        default: return copy(uint64_t());
    }
}

}  // namespace

PRIMIA_API void primia_lookup(int threads, int64_t count, const void* tables, int64_t row_bytes, const void* index,
                   int index_bytes, int entry_bits, int word_bytes, void* found) {
    share(count, threads, 4 * ELEMENTS, [&](int64_t first, int64_t last) {
        auto look = [&](auto number) {
            const auto* numbers = static_cast<const decltype(number)*>(index);
            look_up(tables, row_bytes, numbers, entry_bits, word_bytes, found, first, last);
        };
        switch (index_bytes) {
            case 1: return look(uint8_t());
            case 2: return look(uint16_t());
            default: return look(uint32_t());
        }
    });
}
