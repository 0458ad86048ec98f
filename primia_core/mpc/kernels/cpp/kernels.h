// What the parts of the native kernels know of each other: argument records and one table of functions a processor.
//
// Every function works on a range, so that threads share one call. Arguments were checked in Python; nothing is checked
// here. Layouts are those of primia_core/mpc/kernels; the NumPy twins in kernels/reference give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace primia {

constexpr int GROUP = 64;        // elements that are stored together
constexpr int ROUNDS = 10;       // of AES-128
constexpr int MOST_WORDS = 8;    // payload words of a comparison function
constexpr int MOST_BLOCKS = 4;   // 16-byte blocks that those fill

struct alignas(16) Block {
    uint64_t low, high;
};

// The round keys of a public AES-128 key, in the byte order of FIPS 197.
struct alignas(64) FixedKey {
    uint8_t round[ROUNDS + 1][16];
};

FixedKey expand(const uint8_t* key);

struct Numbers {  // public inputs or thresholds: uint16 or uint32
    const void* data;
    int bytes;
    uint32_t at(int64_t i) const {
        return bytes == 2 ? static_cast<const uint16_t*>(data)[i] : static_cast<const uint32_t*>(data)[i];
    }
};

struct Comparison {
    int64_t count;
    int bits, party;
    Numbers numbers;
    const Block* root;       // of the party that evaluates, or of party 0
    const Block* other_root; // of party 1, when dealing
    const Block* key;
    Block* new_key;
    uint8_t* share;
    FixedKey tree, leaf;
};

struct Dcf {
    int64_t count;
    int bits, party, word_bytes, words;
    Numbers numbers;
    const Block *root, *other_root;
    const void* payload;
    const uint8_t* key;
    uint8_t* new_key;
    void* share;
    FixedKey tree, value, last;
    int64_t values_bytes() const { return int64_t(GROUP) * words * word_bytes; }
    int64_t level_bytes() const { return GROUP * 16 + values_bytes() + 16; }
    int64_t group_bytes() const { return bits * level_bytes() + values_bytes(); }
};

struct Convolution {
    int64_t batch, channels, height, width;           // channels of one group
    int64_t outputs, kernel_height, kernel_width;     // outputs of one group
    int64_t groups, stride_y, stride_x, top, bottom, left, right, dilation_y, dilation_x;
    int64_t out_height, out_width;
    int word_bytes;
    const void* x;       // (batch, groups, channels, height, width)
    const void* panels;  // as Rings::pack leaves them
    void* y;             // (batch, groups, outputs, out_height, out_width)
    void* rows;          // scratch: (batch, groups, padded height, padded width, channels)
    int64_t padded_height() const { return height + top + bottom; }
    int64_t padded_width() const { return width + left + right; }
    int64_t depth() const { return kernel_height * kernel_width * channels; }
    int64_t pixels() const { return batch * out_height * out_width; }
};

struct Select {
    int party, ring_bytes, narrow_bytes, wrap_bytes, fraction_bits, wire_bits;
    const void *opened, *other;              // T, or T1 and T2
    const uint8_t* sign;
    const void *rho, *rho_mask, *mask;       // d and d p where there is no sign
    const void *rho_wrap, *wrap;
    const void *right_mask, *out_mask;
    void* y;
};

struct Lookup {
    const void* tables;
    int64_t row_bytes;
    const void* index;
    int index_bytes, entry_bits, word_bytes;
    void* found;
};

// Ranges of groups of 64 elements.
struct Trees {
    void (*comparison_generate)(const Comparison&, int64_t first, int64_t last);
    void (*comparison_evaluate)(const Comparison&, int64_t first, int64_t last);
    void (*dcf_generate)(const Dcf&, int64_t first, int64_t last);
    void (*dcf_evaluate)(const Dcf&, int64_t first, int64_t last);
    void (*encrypt)(const FixedKey&, Block*, int64_t count);  // the bare permutation, for measurements
};

struct Rings {
    int64_t (*panel_width)(int word_bytes);
    void (*pack)(const void* weights, void* panels, const Convolution&);
    void (*unfold)(const Convolution&, int64_t first_line, int64_t last_line);  // lines of (batch x groups x height)
    void (*convolve)(const Convolution&, int64_t first_task, int64_t last_task);
    int64_t (*tasks)(const Convolution&);
    void (*truncate)(const Select&, int64_t first, int64_t last);
    void (*relu)(const Select&, int64_t first, int64_t last);
    void (*maximum)(const Select&, int64_t first, int64_t last);
};

// AES-128 under a key of 16 bytes on blocks, from and to different memory; 1 when that was done.
typedef int (*Permutation)(const uint8_t* key, const void* in, void* out, int64_t count);
void lend(Permutation permutation);  // to trees_borrower; null takes it back

extern const Trees trees_portable, trees_borrower;
extern const Rings rings_portable;
#if defined(__x86_64__)
extern const Trees trees_aesni, trees_vaes256, trees_vaes512;
extern const Rings rings_avx2, rings_avx512;
#endif

}  // namespace primia
