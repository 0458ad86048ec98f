"""Published models that answer sealed requests: nodes, services, diagnoses. It holds ciphertext and opens none."""
