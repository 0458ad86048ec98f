// Ring products and fused arithmetic on any processor, in vectors of 16 bytes.
#include <cstring>

#include "kernels.h"

namespace primia {
namespace portable {
#include "rings.h"
#include "arithmetic.h"

typedef Plain<uint32_t, 16, 4, 2> Words32;
typedef Plain<uint64_t, 16, 4, 1> Words64;
}  // namespace portable
constexpr Rings rings_portable = portable::rings_of<portable::Words32, portable::Words64>();
}  // namespace primia
