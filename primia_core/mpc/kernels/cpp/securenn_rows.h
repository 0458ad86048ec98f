// SecureNN's private comparison, row by row; included once for each kind of processor, inside a namespace of its own.
// No include guard: every inclusion compiles it anew. The NumPy twin is kernels/reference/securenn.py.

static inline uint8_t reduced(uint8_t v) {  // v < 2 PRIME: below PRIME the difference wraps, and the smaller is right
    const uint8_t less = uint8_t(v - PRIME);
    return less < v ? less : v;
}

static inline uint16_t modulo(uint16_t v) {  // v < 2^13; 62602 is 2^22 / 67 rounded up
    const uint16_t quotient = uint16_t(uint16_t((uint32_t(v) * 62602u) >> 16) >> 6);
    return uint16_t(v - quotient * PRIME);
}

static inline void spread(uint64_t word, uint8_t* masks) {  // each bit as a byte, 0 or 255
    for (int k = 0; k < BITS / 8; k++) {
        uint64_t v = (((word >> (8 * k)) & 0xff) * 0x0101010101010101u) & 0x8040201008040201u;
        v = (((v + 0x7f7f7f7f7f7f7f7fu) | v) >> 7) & 0x0101010101010101u;
        v *= 0xff;
        std::memcpy(masks + 8 * k, &v, 8);
    }
}

static inline void pack(const uint8_t* residues, uint8_t* packed) {  // eight residues in seven bytes
    uint64_t before = 0;
    for (int k = 0; k < BITS / 8; k++) {
        uint64_t v;
        std::memcpy(&v, residues + 8 * k, 8);
        v = (v & 0x007f007f007f007fu) | ((v & 0x7f007f007f007f00u) >> 1);
        v = (v & 0x00003fff00003fffu) | ((v & 0x3fff00003fff0000u) >> 2);
        v = (v & 0x000000000fffffffu) | ((v & 0x0fffffff00000000u) >> 4);
        const bool last = k == BITS / 8 - 1;  // whole words throughout: the last one begins a byte earlier
        const uint64_t word = last ? v << 8 | before >> 48 : v;
        std::memcpy(packed + 7 * k - last, &word, 8);
        before = v;
    }
}

static inline uint64_t unpacked(const uint8_t* packed, int k) {  // the k-th eight residues of a row
    const bool last = k == BITS / 8 - 1;
    uint64_t v;
    std::memcpy(&v, packed + 7 * k - last, 8);
    if (last) v >>= 8;
    v = (v & 0x000000000fffffffu) | ((v & 0x00fffffff0000000u) << 4);
    v = (v & 0x00003fff00003fffu) | ((v & 0x0fffc0000fffc000u) << 2);
    return (v & 0x007f007f007f007fu) | ((v & 0x3f803f803f803f80u) << 1);
}

static void unpack_rows(const uint8_t* packed, uint8_t* residues, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        for (int k = 0; k < BITS / 8; k++) {
            const uint64_t v = unpacked(packed + row * PACKED, k);
            std::memcpy(residues + row * BITS + 8 * k, &v, 8);
        }
    }
}

static void share_rows(const uint64_t* words, const uint8_t* first, uint8_t* packed, int64_t rows) {
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t* share = first + row * BITS;
        uint8_t masks[BITS], second[BITS];
        spread(words[row], masks);
        for (int i = 0; i < BITS; i++) second[i] = reduced(uint8_t((masks[i] & 1) + PRIME - share[i]));
        pack(second, packed + row * PACKED);
    }
}

static void blind_rows(const Blinding& b) {
    const uint8_t one = uint8_t(b.party);
    for (int64_t row = 0; row < b.rows; row++) {
        const uint8_t *x = b.shares + row * BITS, *factors = b.factors + row * BITS, *zeros = b.zeros + row * BITS;
        const uint8_t flipped = uint8_t(-b.flip[row]);
        uint8_t on[BITS], w[BITS], d[BITS];
        uint16_t c[BITS], above[BITS];
        spread(b.bound[row] + b.flip[row], on);  // r, or t = r + 1
        for (int i = 0; i < BITS; i++) {
            const uint8_t minus = reduced(uint8_t(PRIME - x[i]));
            const uint8_t other = reduced(uint8_t(minus + one));
            w[i] = uint8_t((other & on[i]) | (x[i] & ~on[i]));  // [x_i xor r_i]
            const uint8_t known = one & on[i];
            const uint8_t forward = uint8_t(minus + known), backward = uint8_t(x[i] + PRIME - known);
            c[i] = uint16_t(one + uint8_t((backward & flipped) | (forward & ~flipped)));
        }
        uint16_t sum = 0;
        for (int i = BITS - 1; i >= 0; i--) {
            above[i] = sum;
            sum = uint16_t(sum + w[i]);
        }
        for (int i = 0; i < BITS; i++) {
            const uint16_t refresh = one ? uint16_t(PRIME - zeros[i]) : zeros[i];
            const uint16_t blinded = uint16_t(modulo(uint16_t(c[i] + above[i])) * factors[i] + refresh);
            d[i] = uint8_t(modulo(blinded));
        }
        const uint8_t* picks = b.picks + row * (BITS - 1);
        for (int step = 0; step < BITS - 1; step++) {
            const int last = BITS - 1 - step, picked = picks[step];
            const uint8_t held = d[picked];
            d[picked] = d[last];
            d[last] = held;
        }
        pack(d, b.packed + row * PACKED);
    }
}

static inline uint64_t zero_byte(uint64_t v) {  // not 0 if and only if one of its bytes is
    return (v - 0x0101010101010101u) & ~v & 0x8080808080808080u;
}

static void zero_rows(const uint8_t* first, const uint8_t* second, uint8_t* found, int64_t rows) {
    constexpr uint64_t primes = PRIME * 0x0101010101010101u;
    for (int64_t row = 0; row < rows; row++) {
        uint64_t any = 0;
        for (int k = 0; k < BITS / 8; k++) {  // residues are below 128, so bytes do not carry
            const uint64_t total = unpacked(first + row * PACKED, k) + unpacked(second + row * PACKED, k);
            any |= zero_byte(total) | zero_byte(total ^ primes);
        }
        found[row] = any != 0;
    }
}

// A word picks the high half of its product with a bound; those that would make that uneven are refused.
// Returns how many are, and writes where.
static int64_t pick_rows(const uint16_t* raw, const uint32_t* bounds, int64_t columns, int64_t rows, uint8_t* picks,
                         int64_t* refused) {
    std::vector<uint16_t> bound(size_t(columns), 0), least(size_t(columns), 0);
    for (int64_t i = 0; i < columns; i++) {
        bound[size_t(i)] = uint16_t(bounds[i]);
        least[size_t(i)] = uint16_t(65536 % bounds[i]);
    }
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++) {
        const uint16_t* words = raw + row * columns;
        uint8_t* out = picks + row * columns;
        uint16_t any = 0;
        for (int64_t i = 0; i < columns; i++) {
            const uint16_t low = uint16_t(words[i] * bound[size_t(i)]);
            out[i] = uint8_t((uint32_t(words[i]) * bound[size_t(i)]) >> 16);
            any |= uint16_t(low < least[size_t(i)]);
        }
        if (!any) continue;
        for (int64_t i = 0; i < columns; i++)
            if (uint16_t(words[i] * bound[size_t(i)]) < least[size_t(i)]) refused[count++] = row * columns + i;
    }
    return count;
}
