// Convolutions modulo 2^32 or 2^64 for any vector width; the mathematics is in kernels/reference/convolve.py.
//
// An input is first unfolded into rows: channels last, with its padding. One output pixel then reads, for each kernel
// line, one contiguous run of (kernel width x channels) words; no windows are copied. The microkernel multiplies the
// runs of up to M::COLUMNS pixels, word by word, with a panel of M::WIDTH output channels. Pixels are worked on in
// blocks that stay in the second-level cache, runs in stretches whose panel stays in the first.
// Include inside a namespace of its own and inside PRIMIA_TARGET.

#if defined(__x86_64__)
#define PRIMIA_KEEP(value) asm("" : "+v"(value))
#else
#define PRIMIA_KEEP(value)
#endif

// Without PRIMIA_KEEP, GCC adds products among each other first, needs more registers than there are, and spills.
template <class W, int BYTES, int C, int R>
struct Plain {
    typedef W Word;
    typedef W V __attribute__((vector_size(BYTES)));
    typedef V Unaligned __attribute__((aligned(sizeof(W))));
    static constexpr int LANES = BYTES / sizeof(W), COLUMNS = C, VECTORS = R, WIDTH = LANES * R;
    struct Sum {
        V total;
        void clear() { total = V{}; }
        void add(V weights, W x) {
            total += weights * x;
            PRIMIA_KEEP(total);
        }
        V value() const { return total; }
    };
};

template <class M, int N>
void microkernel(int64_t length, const typename M::Word* panel, const typename M::Word* const* run,
                 typename M::Word* sums, bool first) {
    typedef typename M::V V;
    typename M::Sum sum[N][M::VECTORS];
#pragma GCC unroll 16
    for (int c = 0; c < N; c++)
#pragma GCC unroll 4
        for (int r = 0; r < M::VECTORS; r++) sum[c][r].clear();
    for (int64_t k = 0; k < length; k++) {
        V weights[M::VECTORS];
#pragma GCC unroll 4
        for (int r = 0; r < M::VECTORS; r++)
            weights[r] = *reinterpret_cast<const typename M::Unaligned*>(panel + k * M::WIDTH + r * M::LANES);
#pragma GCC unroll 16
        for (int c = 0; c < N; c++) {
            const typename M::Word x = run[c][k];
#pragma GCC unroll 4
            for (int r = 0; r < M::VECTORS; r++) sum[c][r].add(weights[r], x);
        }
    }
#pragma GCC unroll 16
    for (int c = 0; c < N; c++)
#pragma GCC unroll 4
        for (int r = 0; r < M::VECTORS; r++) {
            auto* to = reinterpret_cast<typename M::Unaligned*>(sums + c * M::WIDTH + r * M::LANES);
            *to = first ? sum[c][r].value() : *to + sum[c][r].value();
        }
}

template <class M, int N = M::COLUMNS>
void microkernel_of(int columns, int64_t length, const typename M::Word* panel, const typename M::Word* const* run,
                    typename M::Word* sums, bool first) {
    if (columns == N) return microkernel<M, N>(length, panel, run, sums, first);
    if constexpr (N > 1) microkernel_of<M, N - 1>(columns, length, panel, run, sums, first);
}

constexpr int64_t PIXELS = 192;           // of one block: their sums take at most 24 KiB
constexpr int64_t STRETCH_BYTES = 16384;  // of a panel

template <class M>
void convolve_block(const Convolution& c, int64_t group, int64_t first_pixel, int64_t last_pixel) {
    typedef typename M::Word W;
    alignas(64) W sums[PIXELS * M::WIDTH];
    const W* base[PIXELS];
    int64_t place[PIXELS];
    const int64_t line = c.padded_width() * c.channels, area = c.out_height * c.out_width;
    const int64_t image_rows = c.padded_height() * line, pixels = last_pixel - first_pixel;
    for (int64_t p = 0; p < pixels; p++) {
        const int64_t image = (first_pixel + p) / area, within = (first_pixel + p) % area;
        const int64_t y = within / c.out_width, x = within % c.out_width;
        base[p] = static_cast<const W*>(c.rows) + (image * c.groups + group) * image_rows + y * c.stride_y * line +
                  x * c.stride_x * c.channels;
        place[p] = (image * c.groups + group) * c.outputs * area + within;
    }
    // Undilated kernels read a whole line in one run, dilated ones place by place.
    const int64_t runs_a_line = c.dilation_x == 1 ? 1 : c.kernel_width;
    const int64_t run_words = c.depth() / (c.kernel_height * runs_a_line);
    const int64_t most = STRETCH_BYTES / int64_t(sizeof(W) * M::WIDTH);
    const int64_t blocks = (c.outputs + M::WIDTH - 1) / M::WIDTH;
    const W* panels = static_cast<const W*>(c.panels) + group * blocks * c.depth() * M::WIDTH;
    const int64_t tiles = (pixels + M::COLUMNS - 1) / M::COLUMNS;
    for (int64_t block = 0; block < blocks; block++) {
        const W* panel = panels + block * c.depth() * M::WIDTH;
        bool first = true;
        for (int64_t part = 0; part < c.kernel_height * runs_a_line; part++) {
            const int64_t offset =
                part / runs_a_line * c.dilation_y * line + part % runs_a_line * c.dilation_x * c.channels;
            for (int64_t start = 0, length; start < run_words; start += length, first = false) {
                length = run_words - start < most ? run_words - start : most;
                for (int64_t tile = 0; tile < tiles; tile++) {
                    const int64_t from = pixels * tile / tiles, to = pixels * (tile + 1) / tiles;
                    const W* run[M::COLUMNS];
                    for (int64_t p = from; p < to; p++) run[p - from] = base[p] + offset + start;
                    microkernel_of<M>(int(to - from), length, panel, run, sums + from * M::WIDTH, first);
                }
                panel += length * M::WIDTH;
            }
        }
        const int64_t here = c.outputs - block * M::WIDTH < M::WIDTH ? c.outputs - block * M::WIDTH : M::WIDTH;
        W* y = static_cast<W*>(c.y) + block * M::WIDTH * area;
        for (int64_t o = 0; o < here; o++)
            for (int64_t p = 0; p < pixels; p++) y[place[p] + o * area] = sums[p * M::WIDTH + o];
    }
}

template <class M>
void pack_panels(const void* weights, void* panels, const Convolution& c) {
    typedef typename M::Word W;
    W* to = static_cast<W*>(panels);
    const int64_t area = c.kernel_height * c.kernel_width;
    for (int64_t group = 0; group < c.groups; group++)
        for (int64_t block = 0; block < c.outputs; block += M::WIDTH)
            for (int64_t place = 0; place < area; place++)
                for (int64_t channel = 0; channel < c.channels; channel++)
                    for (int64_t o = block; o < block + M::WIDTH; o++)
                        *to++ = o < c.outputs ? static_cast<const W*>(
                                                    weights)[((group * c.outputs + o) * c.channels + channel) * area + place]
                                              : W(0);
}

// Lines of (batch x groups x padded height), channels last.
template <class W>
void unfold_lines(const Convolution& c, int64_t first, int64_t last) {
    constexpr int STEP = 64 / sizeof(W);
    const int64_t line = c.padded_width() * c.channels;
    for (int64_t i = first; i < last; i++) {
        const int64_t image = i / c.padded_height(), y = i % c.padded_height() - c.top;
        W* to = static_cast<W*>(c.rows) + i * line;
        if (y < 0 || y >= c.height) {
            memset(to, 0, size_t(line) * sizeof(W));
            continue;
        }
        memset(to, 0, size_t(c.left * c.channels) * sizeof(W));
        memset(to + (c.left + c.width) * c.channels, 0, size_t(c.right * c.channels) * sizeof(W));
        to += c.left * c.channels;
        const W* from = static_cast<const W*>(c.x) + (image * c.channels * c.height + y) * c.width;
        const int64_t plane = c.height * c.width;
        for (int64_t channel = 0; channel < c.channels; channel += STEP) {
            const int64_t end = channel + STEP < c.channels ? channel + STEP : c.channels;
            for (int64_t x = 0; x < c.width; x++)
                for (int64_t k = channel; k < end; k++) to[x * c.channels + k] = from[k * plane + x];
        }
    }
}

template <class M32, class M64>
struct Products {
    static int64_t panel_width(int word_bytes) { return word_bytes == 4 ? M32::WIDTH : M64::WIDTH; }
    static void pack(const void* weights, void* panels, const Convolution& c) {
        c.word_bytes == 4 ? pack_panels<M32>(weights, panels, c) : pack_panels<M64>(weights, panels, c);
    }
    static void unfold(const Convolution& c, int64_t first, int64_t last) {
        c.word_bytes == 4 ? unfold_lines<uint32_t>(c, first, last) : unfold_lines<uint64_t>(c, first, last);
    }
    static int64_t blocks(const Convolution& c) { return (c.pixels() + PIXELS - 1) / PIXELS; }
    static int64_t tasks(const Convolution& c) { return c.groups * blocks(c); }
    static void convolve(const Convolution& c, int64_t first, int64_t last) {
        for (int64_t task = first; task < last; task++) {
            const int64_t n = blocks(c), block = task % n;
            const int64_t from = c.pixels() * block / n, to = c.pixels() * (block + 1) / n;
            c.word_bytes == 4 ? convolve_block<M32>(c, task / n, from, to) : convolve_block<M64>(c, task / n, from, to);
        }
    }
};
