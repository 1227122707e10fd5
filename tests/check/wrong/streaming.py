"""Wrong attempts at logits without their mean."""

import numpy as np

ATTEMPTS = {
    "streaming_example": [("streaming-maximum-for-mean", lambda z: np.array(z) - np.max(z))],
}
