"""SecureNN: three parties, complete and semi-honest, as the baseline for our own two-party protocols.

P0 and P1 hold additive shares in Z_2^64, P2 deals correlated randomness online and judges masked comparisons. It runs
the same ``SecureProgram`` as they do; every value is a pair of shares, whatever the program calls it.

Rounds, and sent by all parties together for one element of l = 64 bits with p = 67, as the paper counts (its tables of
rounds and communication) and here:

| protocol      | paper: rounds, sent              | here: rounds, sent              | bytes here |
|---------------|----------------------------------|---------------------------------|------------|
| Multiply      | 2,  5l                           | 1,  5l                          |  40        |
| SelectShare   | 2,  5l                           | 1,  5l                          |  40        |
| PrivateCompare| 1,  2l log p                     | 1,  2l log p                    | 112        |
| ShareConvert  | 4,  4l log p + 6l                | 4,  3l log p + 4l               | 200        |
| ComputeMSB    | 5,  4l log p + 13l               | 4,  3l log p + 9l               | 240        |
| DReLU         | 8,  8l log p + 19l               | 8,  6l log p + 13l              | 440        |
| ReLU          | 10, 8l log p + 24l               | 9,  6l log p + 18l              | 480        |
| Maximum       | 9,  8l log p + 29l (with index)  | 9,  6l log p + 18l (23l with)   | 480, 520   |

A product of an (m, n) with an (n, v) matrix is (2mn + 2nv + mv)l in both; a convolution here is one product of its own
shape, where the paper unrolls it into a matrix product that opens every pixel once for each filter tap. Three things
make us cheaper than the paper's tables, and none changes a protocol. A share that is uniform by itself, P0's, always
comes from the seed that P0 has with P2, as the paper does for triples alone (Kumar et al., CrypTFlow, S&P 2020, do the
same to SecureNN). P2's share of a product travels while P0 and P1 open their masked factors, since neither needs it for
that. A residue modulo 67 takes seven bits, where log p is 6.07 and the authors' program sends eight.

Source: Wagh, Gupta, Chandran, SecureNN: 3-Party Secure Computation for Neural Network Training, PoPETs 2019(3).
"""
