/* The steps between the matrix products of a training step, each in one pass over memory. bfloat16 in and out, float32
 * inside. Built by kernels.py with: gcc -O3 -march=native -ffast-math -shared -fPIC kernels.c -lm */
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

static inline float wide(bf16 x) {
    uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline bf16 narrow(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return (bf16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* y = x * inverse * weight, inverse = 1 / sqrt(mean(x^2) + epsilon). */
void norm_forward(const float *x, const float *weight, bf16 *y, float *inverse, long rows, long width, float epsilon) {
    for (long r = 0; r < rows; r++, x += width, y += width) {
        float sum = 0;
        for (long i = 0; i < width; i++) sum += x[i] * x[i];
        float scale = inverse[r] = 1 / sqrtf(sum / width + epsilon);
        for (long i = 0; i < width; i++) y[i] = narrow(x[i] * scale * weight[i]);
    }
}

/* dweight is added to. */
void norm_backward(const bf16 *dy, const float *x, const float *weight, const float *inverse, float *dx, float *dweight,
                   long rows, long width) {
    for (long r = 0; r < rows; r++, x += width, dy += width, dx += width) {
        float scale = inverse[r], dot = 0;
        for (long i = 0; i < width; i++) {
            float d = wide(dy[i]);
            dweight[i] += d * x[i] * scale;
            dot += d * weight[i] * x[i];
        }
        dot *= scale * scale * scale / width;
        for (long i = 0; i < width; i++) dx[i] = wide(dy[i]) * weight[i] * scale - x[i] * dot;
    }
}

/* [batch, length, 3, heads, size] -> q, k, v [batch, heads, length, size]; q and k rotated, q scaled. */
void split_forward(const bf16 *h, const float *cosine, const float *sine, bf16 *q, bf16 *k, bf16 *v, long batch,
                   long length, long heads, long size, float scale) {
    long width = heads * size;
    for (long b = 0; b < batch; b++)
        for (long t = 0; t < length; t++) {
            const bf16 *row = h + (b * length + t) * 3 * width;
            const float *c = cosine + t * size / 2, *s = sine + t * size / 2;
            for (long n = 0; n < heads; n++) {
                long to = ((b * heads + n) * length + t) * size;
                const bf16 *qi = row + n * size, *ki = qi + width, *vi = ki + width;
                for (long i = 0; i < size / 2; i++) {
                    float a = wide(qi[2 * i]), d = wide(qi[2 * i + 1]);
                    q[to + 2 * i] = narrow((a * c[i] - d * s[i]) * scale);
                    q[to + 2 * i + 1] = narrow((a * s[i] + d * c[i]) * scale);
                    a = wide(ki[2 * i]), d = wide(ki[2 * i + 1]);
                    k[to + 2 * i] = narrow(a * c[i] - d * s[i]);
                    k[to + 2 * i + 1] = narrow(a * s[i] + d * c[i]);
                }
                memcpy(v + to, vi, size * sizeof(bf16));
            }
        }
}

void split_backward(const bf16 *dq, const bf16 *dk, const bf16 *dv, const float *cosine, const float *sine, bf16 *dh,
                    long batch, long length, long heads, long size, float scale) {
    long width = heads * size;
    for (long b = 0; b < batch; b++)
        for (long t = 0; t < length; t++) {
            bf16 *row = dh + (b * length + t) * 3 * width;
            const float *c = cosine + t * size / 2, *s = sine + t * size / 2;
            for (long n = 0; n < heads; n++) {
                long from = ((b * heads + n) * length + t) * size;
                bf16 *qi = row + n * size, *ki = qi + width, *vi = ki + width;
                for (long i = 0; i < size / 2; i++) {
                    float a = wide(dq[from + 2 * i]) * scale, d = wide(dq[from + 2 * i + 1]) * scale;
                    qi[2 * i] = narrow(a * c[i] + d * s[i]);
                    qi[2 * i + 1] = narrow(d * c[i] - a * s[i]);
                    a = wide(dk[from + 2 * i]), d = wide(dk[from + 2 * i + 1]);
                    ki[2 * i] = narrow(a * c[i] + d * s[i]);
                    ki[2 * i + 1] = narrow(d * c[i] - a * s[i]);
                }
                memcpy(vi, dv + from, size * sizeof(bf16));
            }
        }
}

/* Causal softmax in place. scores [blocks, rows, keys]: row r belongs to position first + r and sees that many keys, plus
 * one. */
void softmax_forward(bf16 *scores, long blocks, long rows, long keys, long first) {
    float row[keys];
    for (long r = 0; r < blocks * rows; r++, scores += keys) {
        long seen = first + r % rows + 1;
        float most = -1e30f, sum = 0;
        for (long i = 0; i < seen; i++) row[i] = wide(scores[i]);
        for (long i = 0; i < seen; i++) most = row[i] > most ? row[i] : most;
        for (long i = 0; i < seen; i++) row[i] = expf(row[i] - most);
        for (long i = 0; i < seen; i++) sum += row[i];
        sum = 1 / sum;
        for (long i = 0; i < seen; i++) scores[i] = narrow(row[i] * sum);
        memset(scores + seen, 0, (keys - seen) * sizeof(bf16));
    }
}

/* Turns d(probabilities) into d(scores), in place. */
void softmax_backward(const bf16 *p, bf16 *d, long blocks, long rows, long keys, long first) {
    for (long r = 0; r < blocks * rows; r++, p += keys, d += keys) {
        long seen = first + r % rows + 1;
        float dot = 0;
        for (long i = 0; i < seen; i++) dot += wide(p[i]) * wide(d[i]);
        for (long i = 0; i < seen; i++) d[i] = narrow(wide(p[i]) * (wide(d[i]) - dot));
        memset(d + seen, 0, (keys - seen) * sizeof(bf16));
    }
}

/* h [rows, 2 * width] = gate, up -> silu(gate) * up. */
void gate_forward(const bf16 *h, bf16 *y, long rows, long width) {
    for (long r = 0; r < rows; r++, h += 2 * width, y += width)
        for (long i = 0; i < width; i++) {
            float gate = wide(h[i]);
            y[i] = narrow(gate / (1 + expf(-gate)) * wide(h[width + i]));
        }
}

void gate_backward(const bf16 *h, const bf16 *dy, bf16 *dh, long rows, long width) {
    for (long r = 0; r < rows; r++, h += 2 * width, dh += 2 * width, dy += width)
        for (long i = 0; i < width; i++) {
            float gate = wide(h[i]), up = wide(h[width + i]), d = wide(dy[i]);
            float sigmoid = 1 / (1 + expf(-gate));
            dh[i] = narrow(d * up * sigmoid * (1 + gate * (1 - sigmoid)));
            dh[width + i] = narrow(d * gate * sigmoid);
        }
}

/* Sum of the cross-entropy losses; turns logits into their gradient, times scale. Negative targets do not count. */
float cross_entropy(bf16 *logits, const int64_t *targets, long rows, long width, float scale) {
    float row[width];
    double loss = 0;
    for (long r = 0; r < rows; r++, logits += width) {
        if (targets[r] < 0) {
            memset(logits, 0, width * sizeof(bf16));
            continue;
        }
        float most = -1e30f, sum = 0, target = wide(logits[targets[r]]);
        for (long i = 0; i < width; i++) row[i] = wide(logits[i]);
        for (long i = 0; i < width; i++) most = row[i] > most ? row[i] : most;
        for (long i = 0; i < width; i++) row[i] = expf(row[i] - most);
        for (long i = 0; i < width; i++) sum += row[i];
        loss += logf(sum) + most - target;
        row[targets[r]] -= sum;
        sum = scale / sum;
        for (long i = 0; i < width; i++) logits[i] = narrow(row[i] * sum);
    }
    return (float)loss;
}

static inline uint32_t mix(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = (x ^ (x >> 15)) * 0x846ca68bU;
    return x ^ (x >> 16);
}

/* y = x + dropout(h): an element is kept where a hash of its index and the seed is at least `bound`. */
void add_forward(const float *x, const bf16 *h, float *y, long count, uint32_t seed, uint32_t bound, float scale) {
    for (long i = 0; i < count; i++) y[i] = x[i] + (mix((uint32_t)i + seed) >= bound ? wide(h[i]) * scale : 0);
}

void add_backward(const float *dy, bf16 *dh, long count, uint32_t seed, uint32_t bound, float scale) {
    for (long i = 0; i < count; i++) dh[i] = narrow(mix((uint32_t)i + seed) >= bound ? dy[i] * scale : 0);
}
