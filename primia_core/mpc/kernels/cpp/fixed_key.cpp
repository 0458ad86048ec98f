// The AES-128 key schedule (FIPS 197, section 5.2). Keys are public, so its S-box may be a table, made on first use.
#include <cstring>

#include "kernels.h"

namespace primia {

static uint8_t times(uint8_t a, uint8_t b) {  // in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1
    uint8_t product = 0;
    for (; b; b >>= 1, a = uint8_t(a << 1 ^ (a & 0x80 ? 0x1b : 0)))
        if (b & 1) product ^= a;
    return product;
}

struct Sbox {
    uint8_t at[256];
    Sbox() {
        for (int x = 0; x < 256; x++) {
            uint8_t inverse = 1;  // x^254, which is 0 for 0
            for (int i = 0; i < 254; i++) inverse = times(inverse, uint8_t(x));
            uint8_t sum = 0x63;
            for (int turn = 0; turn < 5; turn++) sum ^= uint8_t(inverse << turn | inverse >> (8 - turn));
            at[x] = sum;
        }
    }
};

FixedKey expand(const uint8_t* key) {
    static const Sbox sbox;
    FixedKey out;
    uint8_t* w = out.round[0];
    memcpy(w, key, 16);
    uint8_t constant = 1;
    for (int i = 16; i < 16 * (ROUNDS + 1); i += 4) {
        uint8_t t[4];
        memcpy(t, w + i - 4, 4);
        if (i % 16 == 0) {
            const uint8_t first = t[0];
            for (int j = 0; j < 3; j++) t[j] = sbox.at[t[j + 1]];
            t[3] = sbox.at[first];
            t[0] ^= constant;
            constant = times(constant, 2);
        }
        for (int j = 0; j < 4; j++) w[i + j] = w[i - 16 + j] ^ t[j];
    }
    return out;
}

}  // namespace primia
