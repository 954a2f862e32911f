"""Makes src/test/resources/golden/dequantization.json: random blocks of every quantised type with the
floats that the Python package gguf makes of them.

    pip install gguf numpy
    python3 dequantization.py > ../resources/golden/dequantization.json
"""
import json

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T

# Bytes of the float16 scales within a block: random ones would be NaN or infinite now and then.
SCALES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
    T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208], T.F16: [0], T.BF16: [],
}
random = np.random.default_rng(7)
out = {}
for kind, scales in SCALES.items():
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = 4 if elements > 1 else 64
    data = random.integers(0, 256, (blocks, size), dtype=np.uint8)
    for at in scales:
        data[:, at:at + 2] = random.normal(0, 0.05, blocks).astype(np.float16).view(np.uint8).reshape(blocks, 2)
    if kind == T.BF16:
        data = (random.normal(0, 1, blocks).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    floats = gguf.quants.dequantize(data.reshape(-1), kind).astype(np.float32).reshape(-1)
    out[kind.name] = dict(bytes=data.tobytes().hex(), floats=[float(x) for x in floats])
print(json.dumps(out))
