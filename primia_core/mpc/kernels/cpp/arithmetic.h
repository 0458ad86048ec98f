// Truncation, ReLU and maximum behind a sign test; the mathematics is in kernels/reference/select.py.
// Plain loops that the compiler turns into vectors. Include inside a namespace of its own and inside PRIMIA_TARGET.

template <class W, class N>
void truncate_range(const Select& s, int64_t first, int64_t last) {
    const W* z = static_cast<const W*>(s.opened);
    const N* mask = static_cast<const N*>(s.out_mask);
    N* y = static_cast<N*>(s.y);
    const int shift = s.fraction_bits;
    const N low = N(~N(0)) >> (8 * sizeof(N) - s.wire_bits), one = s.party == 0;
    for (int64_t i = first; i < last; i++) y[i] = N(N(z[i] >> shift) + mask[i] + one) & low;
}

// [d p] from [rho p] and [p] by a mask of ones where the opened bit is 1: (rho_p ^ m) - m is -rho_p there.
template <class W>
inline W picked(W product, W whole, W chosen) {
    return W((product ^ chosen) - chosen + (whole & chosen));
}

template <class W, class N, class X, bool SELECT>
void relu_range(const Select& s, int64_t first, int64_t last) {
    const N* opened = static_cast<const N*>(s.opened);
    const W *rho = static_cast<const W*>(s.rho), *rho_mask = static_cast<const W*>(s.rho_mask);
    const W *mask = static_cast<const W*>(s.mask), *out_mask = static_cast<const W*>(s.out_mask);
    const X *rho_wrap = static_cast<const X*>(s.rho_wrap), *wrap = static_cast<const X*>(s.wrap);
    const uint8_t* sign = s.sign;
    W* y = static_cast<W*>(s.y);
    const int m = s.wire_bits;
    const W quarter = W(1) << (m - 2), low = W(~W(0)) >> (8 * sizeof(W) - m), one = s.party == 0;
    for (int64_t i = first; i < last; i++) {
        W d = rho[i], d_mask = rho_mask[i];
        W d_wrap = rho_wrap[i];
        if (SELECT) {
            const W chosen = W(0) - W(sign[i] == 1);
            d = picked<W>(d, one, chosen);
            d_mask = picked<W>(d_mask, mask[i], chosen);
            d_wrap = picked<W>(d_wrap, wrap[i], chosen);
        }
        const W lifted = (W(opened[i]) + quarter) & low;
        const W wrapped = (W(1) - (lifted >> (m - 1))) * d_wrap << m;
        y[i] = d * (lifted - quarter) - d_mask + wrapped + out_mask[i];
    }
}

template <class N, bool SELECT>
void maximum_range(const Select& s, int64_t first, int64_t last) {
    const N *left = static_cast<const N*>(s.opened), *right = static_cast<const N*>(s.other);
    const N *rho = static_cast<const N*>(s.rho), *rho_mask = static_cast<const N*>(s.rho_mask);
    const N *mask = static_cast<const N*>(s.mask), *right_mask = static_cast<const N*>(s.right_mask);
    const N* out_mask = static_cast<const N*>(s.out_mask);
    const uint8_t* sign = s.sign;
    N* y = static_cast<N*>(s.y);
    const N low = N(~N(0)) >> (8 * sizeof(N) - s.wire_bits), one = s.party == 0, base = N(0) - one;
    for (int64_t i = first; i < last; i++) {
        N d = rho[i], d_mask = rho_mask[i];
        if (SELECT) {
            const N chosen = N(0) - N(sign[i] == 1);
            d = picked<N>(d, one, chosen);
            d_mask = picked<N>(d_mask, mask[i], chosen);
        }
        const N difference = N(left[i] - right[i]) & low;
        // Through uint32, because uint16 words would be multiplied as signed int.
        const N product = N(uint32_t(d) * uint32_t(difference));
        y[i] = N(N(right[i] & base) - right_mask[i] + product - d_mask + out_mask[i]) & low;
    }
}

inline void truncate(const Select& s, int64_t first, int64_t last) {
    if (s.ring_bytes == 4)
        s.narrow_bytes == 2 ? truncate_range<uint32_t, uint16_t>(s, first, last)
                            : truncate_range<uint32_t, uint32_t>(s, first, last);
    else
        s.narrow_bytes == 2 ? truncate_range<uint64_t, uint16_t>(s, first, last)
                            : truncate_range<uint64_t, uint32_t>(s, first, last);
}

template <class W, class N, class X>
void relu_of(const Select& s, int64_t first, int64_t last) {
    s.sign ? relu_range<W, N, X, true>(s, first, last) : relu_range<W, N, X, false>(s, first, last);
}

template <class W, class N>
void relu_of(const Select& s, int64_t first, int64_t last) {
    switch (s.wrap_bytes) {
        case 1: return relu_of<W, N, uint8_t>(s, first, last);
        case 2: return relu_of<W, N, uint16_t>(s, first, last);
        case 4: return relu_of<W, N, uint32_t>(s, first, last);
        default: return relu_of<W, N, uint64_t>(s, first, last);
    }
}

inline void relu(const Select& s, int64_t first, int64_t last) {
    if (s.ring_bytes == 4)
        s.narrow_bytes == 2 ? relu_of<uint32_t, uint16_t>(s, first, last) : relu_of<uint32_t, uint32_t>(s, first, last);
    else
        s.narrow_bytes == 2 ? relu_of<uint64_t, uint16_t>(s, first, last) : relu_of<uint64_t, uint32_t>(s, first, last);
}

inline void maximum(const Select& s, int64_t first, int64_t last) {
    if (s.narrow_bytes == 2)
        s.sign ? maximum_range<uint16_t, true>(s, first, last) : maximum_range<uint16_t, false>(s, first, last);
    else
        s.sign ? maximum_range<uint32_t, true>(s, first, last) : maximum_range<uint32_t, false>(s, first, last);
}

template <class M32, class M64>
constexpr Rings rings_of() {
    typedef Products<M32, M64> P;
    return {P::panel_width, P::pack, P::unfold, P::convolve, P::tasks, truncate, relu, maximum};
}
