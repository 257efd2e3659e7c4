"""Reference cases ('goldens') for a recurrent-network library, computed with PyTorch and, for one file, Keras 3.

    python gen_goldens.py --out .                                 # the files beside this one (fixed sizes, seed 1)
    python gen_goldens.py --out other --seed 987 --random-sizes   # a set of the same kinds with other seeds and sizes

Conventions (details in the README.md that is written beside the files):
* Every given number (inputs, initial states, weights) is a multiple of 1/1024, hence exact in float32 and float64 alike; so the
  float64 and float32 results belong to the very same problem. `f64` is the reference, `f32` shows what PyTorch gets in float32.
* A tensor is {"shape": [...], "data": [flat, row-major]}; sequences are batch-major: x is (B,T,I), y is (B,T,D*H).
"""
import argparse
import json
import math
import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
DTYPES = {"f64": torch.float64, "f32": torch.float32}
GATES = {"lstm": "i,f,g,o (input, forget, cell candidate, output)",
         "gru": "r,z,n (reset, update, new); n = tanh(W_in x + b_in + r*(W_hn h + b_hn)); h' = (1-z)*n + z*h",
         "rnn_tanh": "single gate: h' = tanh(W x + b_ih + U h + b_hh)"}

HIDDEN = 4

# The monthly totals of international airline passengers from 1949 to 1960, in thousands.
PASSENGERS = [
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,
    115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
    417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
]
assert len(PASSENGERS) == 144

# The five programs of the airline tutorial: number -> (name, look_back, layout, stateful, layers)
CONFIGS = {
    1: dict(name="lstm4_lb1", look_back=1, layout="steps", stateful=False, layers=1),
    2: dict(name="window3_features", look_back=3, layout="features", stateful=False, layers=1),
    3: dict(name="time_steps3", look_back=3, layout="steps", stateful=False, layers=1),
    4: dict(name="stateful_steps3", look_back=3, layout="steps", stateful=True, layers=1),
    5: dict(name="stacked_stateful_steps3", look_back=3, layout="steps", stateful=True, layers=2),
}


def grid(rng, *shape, scale=1.0):
    """Uniform in [-scale, scale], rounded to multiples of 1/1024."""
    return np.round(rng.uniform(-scale, scale, shape) * 1024) / 1024


def enc(t, f32=False):
    """Tensor -> JSON object. float32 results keep 9 significant digits (enough to restore them), float64 all 17."""
    if isinstance(t, torch.Tensor):
        f32 = t.dtype == torch.float32
        t = t.detach().numpy()
    a = np.asarray(t)
    f32 = f32 or a.dtype == np.float32
    flat = a.reshape(-1).tolist()
    if a.dtype.kind == "f":
        flat = [float(f"{v:.9g}") for v in flat] if f32 else [float(v) for v in flat]
    return {"shape": list(a.shape), "data": flat}


def scalar(t):
    v = t.item() if isinstance(t, torch.Tensor) else float(t)
    return float(f"{v:.9g}") if isinstance(t, torch.Tensor) and t.dtype == torch.float32 else v


def set_params(mod, given, dtype):
    """Copy the numpy arrays `given` (by parameter name) into the module."""
    mod.to(dtype)
    with torch.no_grad():
        for n, p in mod.named_parameters():
            p.copy_(torch.tensor(given[n], dtype=dtype))


def grads(mod, **leaves):
    g = {k: enc(v.grad) for k, v in leaves.items() if v is not None}
    g.update({n: enc(p.grad) for n, p in mod.named_parameters()})
    return g


def draw_params(rng, mod, scale):
    return {n: grid(rng, *p.shape, scale=scale) for n, p in mod.named_parameters()}


def make_rnn(kind, I, H, layers, bidir, bias=True):
    cls = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn_tanh": nn.RNN}[kind]
    return cls(I, H, num_layers=layers, bidirectional=bidir, bias=bias, batch_first=True)


def rnn_case(rng, kind, name, B, T, I, H, layers=1, bidir=False, states=False, bias=True, loss="sum_y2", wscale=None,
             lengths=None):
    D = 2 if bidir else 1
    wscale = wscale if wscale is not None else 1.0 / math.sqrt(H) + 0.15
    params = draw_params(rng, make_rnn(kind, I, H, layers, bidir, bias), wscale)
    x = grid(rng, B, T, I, scale=1.5)
    h0 = grid(rng, layers * D, B, H, scale=0.8) if states else None
    c0 = grid(rng, layers * D, B, H, scale=0.8) if states and kind == "lstm" else None
    case = dict(name=name, kind=kind, gate_order=GATES[kind], B=B, T=T, I=I, H=H, layers=layers, bidirectional=bidir, bias=bias,
                loss_kind=loss, lengths=lengths, inputs={"x": enc(x)}, params={k: enc(v) for k, v in params.items()})
    if states:
        case["inputs"]["h0"] = enc(h0)
        if c0 is not None:
            case["inputs"]["c0"] = enc(c0)
    for tag, dt in DTYPES.items():
        m = make_rnn(kind, I, H, layers, bidir, bias)
        set_params(m, params, dt)
        leaf = lambda a: None if a is None else torch.tensor(a, dtype=dt, requires_grad=True)
        tx, th, tc = leaf(x), leaf(h0), leaf(c0)
        st = None if th is None else ((th, tc) if kind == "lstm" else th)
        if lengths is None:
            y, s = m(tx, st)
        else:
            pk = nn.utils.rnn.pack_padded_sequence(tx, lengths, batch_first=True, enforce_sorted=False)
            yp, s = m(pk, st)
            y, _ = nn.utils.rnn.pad_packed_sequence(yp, batch_first=True, total_length=T)
        hT, cT = s if kind == "lstm" else (s, None)
        L = (y ** 2).sum()
        if loss == "sum_y2_plus_states":
            L = L + (hT ** 2).sum()
            if cT is not None:
                L = L + 0.5 * (cT ** 2).sum()
        L.backward()
        r = dict(y=enc(y), hT=enc(hT), loss=scalar(L), grads=grads(m, x=tx, h0=th, c0=tc))
        if cT is not None:
            r["cT"] = enc(cT)
        case[tag] = r
    return case


def sizes(rng, random, fixed, hi=(4, 8, 6, 9)):
    """The fixed list of (B,T,I,H), or as many random ones."""
    if not random:
        return fixed
    return [tuple(int(rng.integers(1 if j in (0, 2) else 2, hi[j] + 1)) for j in range(4)) for _ in fixed]


def recurrent_file(rng, kind, rs):
    out = []
    s3 = sizes(rng, rs, [(1, 3, 1, 4), (2, 5, 3, 4), (3, 7, 5, 8)])
    for s in s3:
        n = "x".join(map(str, s))
        out.append(rnn_case(rng, kind, f"{kind}_1layer_{n}", *s))
        out.append(rnn_case(rng, kind, f"{kind}_1layer_states_{n}", *s, states=True))
    a, b, c, d = sizes(rng, rs, [(2, 5, 3, 4), (2, 5, 3, 4), (2, 4, 2, 3), (2, 4, 3, 4)], hi=(3, 6, 4, 5))
    out.append(rnn_case(rng, kind, f"{kind}_1layer_stateloss", *a, states=True, loss="sum_y2_plus_states"))
    out.append(rnn_case(rng, kind, f"{kind}_2layer_states", *b, layers=2, states=True))
    out.append(rnn_case(rng, kind, f"{kind}_3layer_stateloss", *c, layers=3, states=True, loss="sum_y2_plus_states"))
    out.append(rnn_case(rng, kind, f"{kind}_bidirectional", *d, bidir=True))
    out.append(rnn_case(rng, kind, f"{kind}_bidirectional_states", *a, bidir=True, states=True, loss="sum_y2_plus_states"))
    out.append(rnn_case(rng, kind, f"{kind}_2layer_bidirectional_states", *c, layers=2, bidir=True, states=True))
    out.append(rnn_case(rng, kind, f"{kind}_nobias", *d, bias=False, states=True))
    out.append(rnn_case(rng, kind, f"{kind}_T1_H1", 1, 1, 1, 1, states=True))
    B = 3 if not rs else int(rng.integers(3, 5))
    T = 6 if not rs else int(rng.integers(5, 9))
    ln = [6, 2, 4] if not rs else [T] + [int(v) for v in rng.integers(1, T, B - 1)]
    out.append(rnn_case(rng, kind, f"{kind}_lengths", B, T, 2, 3, states=True, lengths=ln, loss="sum_y2_plus_states"))
    out.append(rnn_case(rng, kind, f"{kind}_lengths_bidirectional", B, T, 2, 3, bidir=True, lengths=ln, loss="sum_y2_plus_states"))
    hs = 17 if not rs else int(rng.choice([9, 13, 15, 18, 19]))
    out.append(rnn_case(rng, kind, f"{kind}_simd_tail_H{hs}", 3, 3, 5, hs, states=True))
    out.append(rnn_case(rng, kind, f"{kind}_long_T", 1, 60 if not rs else 45, 1, 4))
    out.append(rnn_case(rng, kind, f"{kind}_saturated", 2, 4, 2, 3, states=True, wscale=12.0))
    return out


class Head(nn.Module):
    """[Embedding ->] LSTM -> Linear on the last step (or on all steps)."""

    def __init__(self, I, H, O, layers=1, every=False, vocab=None):
        super().__init__()
        if vocab:
            self.emb = nn.Embedding(vocab, I)
        self.lstm, self.out, self.every, self.vocab = nn.LSTM(I, H, num_layers=layers, batch_first=True), nn.Linear(H, O), every, vocab

    def forward(self, x, s=None):
        y, s = self.lstm(self.emb(x) if self.vocab else x, s)
        return self.out(y if self.every else y[:, -1]), s


OPTIMS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd_momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    "sgd_nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True)),
    "adam": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
    "adam_eps_1e-7": (torch.optim.Adam, dict(lr=0.001, betas=(0.9, 0.999), eps=1e-7)),
    "adamw": (torch.optim.AdamW, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8)),
    "rmsprop_momentum": (torch.optim.RMSprop, dict(lr=0.005, alpha=0.9, eps=1e-8, momentum=0.5)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.05, eps=1e-10)),
    "adam_clipnorm": (torch.optim.Adam, dict(lr=0.01, eps=1e-8)),
}


def optimizer_file(rng, rs):
    B, T, I, H = sizes(rng, rs, [(4, 5, 2, 4)], hi=(5, 6, 3, 5))[0]
    O, clip, steps = 1 if not rs else 2, 0.25, 10
    params = draw_params(rng, Head(I, H, O), 0.6)
    x, t = grid(rng, B, T, I), grid(rng, B, O)
    out = dict(problem="LSTM -> Linear on the last step, loss = mean over all B*O outputs of (p - t)^2, full batch, 10 steps",
               gate_order=GATES["lstm"], B=B, T=T, I=I, H=H, O=O, steps=steps, clip_norm=clip,
               inputs={"x": enc(x), "target": enc(t)}, params={k: enc(v) for k, v in params.items()}, runs=[])
    for name, (cls, kw) in OPTIMS.items():
        run = dict(name=name, optimizer=cls.__name__, hyper={k: list(v) if isinstance(v, tuple) else v for k, v in kw.items()},
                   clip_norm=clip if "clip" in name else None)
        for tag, dt in DTYPES.items():
            m = Head(I, H, O)
            set_params(m, params, dt)
            opt = cls(m.parameters(), **kw)
            tx, tt = torch.tensor(x, dtype=dt), torch.tensor(t, dtype=dt)
            losses, norms = [], []
            for _ in range(steps):
                opt.zero_grad()
                L = nn.functional.mse_loss(m(tx)[0], tt)
                L.backward()
                if "clip" in name:
                    norms.append(scalar(nn.utils.clip_grad_norm_(m.parameters(), clip)))
                losses.append(scalar(L))
                opt.step()
            final = nn.functional.mse_loss(m(tx)[0], tt)
            run[tag] = dict(losses=losses, grad_norms_before_clip=norms or None, final_loss=scalar(final),
                            final_params={n: enc(p) for n, p in m.named_parameters()})
        out["runs"].append(run)
    return out


def classifier_file(rng, rs):
    out = []
    for name, every, layers, vocab in (("last_step", False, 1, None), ("every_step", True, 1, None), ("every_step_2layer", True, 2, None),
                                       ("char_lm_embedding", True, 1, 7 if not rs else 6)):
        B, T, I, H = sizes(rng, rs, [(3, 4, 3, 5)], hi=(4, 5, 4, 6))[0]
        K = vocab or (4 if not rs else 3)
        params = draw_params(rng, Head(I, H, K, layers, every, vocab), 0.7)
        x = rng.integers(0, vocab, (B, T)) if vocab else grid(rng, B, T, I)
        lab = rng.integers(0, K, (B, T) if every else (B,))
        case = dict(name=name, gate_order=GATES["lstm"], B=B, T=T, I=I, H=H, classes=K, layers=layers, vocab=vocab,
                    reads="every step" if every else "last step", loss_kind="mean over all labels of -log softmax(logits)[label]",
                    inputs={"x": enc(x), "labels": enc(lab)}, params={k: enc(v) for k, v in params.items()})
        for tag, dt in DTYPES.items():
            m = Head(I, H, K, layers, every, vocab)
            set_params(m, params, dt)
            tx = torch.tensor(x) if vocab else torch.tensor(x, dtype=dt, requires_grad=True)
            z, _ = m(tx)
            z.retain_grad()
            L = nn.functional.cross_entropy(z.reshape(-1, K), torch.tensor(lab).reshape(-1))
            L.backward()
            g = grads(m, **({} if vocab else {"x": tx}))
            g["logits"] = enc(z.grad)
            case[tag] = dict(logits=enc(z), probs=enc(torch.softmax(z, -1)), loss=scalar(L), grads=g)
        out.append(case)
    return out


def tbptt_file(rng, rs):
    out = []
    for name, layers, update in (("no_update", 1, False), ("sgd_update", 1, True), ("two_layers_sgd_update", 2, True)):
        B, T, I, H = sizes(rng, rs, [(2, 4, 2, 3)], hi=(3, 5, 3, 4))[0]
        n, lr = 4, 0.1
        params = draw_params(rng, Head(I, H, 1, layers, True), 0.7)
        x, t = grid(rng, n, B, T, I), grid(rng, n, B, T, 1)
        case = dict(name=name, gate_order=GATES["lstm"], chunks=n, B=B, T=T, I=I, H=H, layers=layers,
                    loss_kind="mean over B*T of (p - t)^2, per chunk", update=f"SGD lr {lr} after each chunk" if update else None, lr=lr,
                    inputs={"x": enc(x), "target": enc(t)}, params={k: enc(v) for k, v in params.items()})
        for tag, dt in DTYPES.items():
            def fresh():
                m = Head(I, H, 1, layers, True)
                set_params(m, params, dt)
                return m
            m, st, ch = fresh(), None, []
            for k in range(n):
                m.zero_grad()
                p, st = m(torch.tensor(x[k], dtype=dt), st)
                L = nn.functional.mse_loss(p, torch.tensor(t[k], dtype=dt))
                L.backward()
                st = tuple(v.detach() for v in st)
                ch.append(dict(p=enc(p), hT=enc(st[0]), cT=enc(st[1]), loss=scalar(L), grads=grads(m)))
                if update:
                    with torch.no_grad():
                        for q in m.parameters():
                            q -= lr * q.grad
            r = dict(chunks=ch)
            if update:
                r["final_params"] = {k: enc(v) for k, v in m.named_parameters()}
            else:   # what an uncut gradient would be: sum of the chunk losses over one long sequence
                m = fresh()
                p, _ = m(torch.tensor(np.concatenate(list(x), 1), dtype=dt))
                L = n * nn.functional.mse_loss(p, torch.tensor(np.concatenate(list(t), 1), dtype=dt))
                L.backward()
                r["uncut"] = dict(loss_sum=scalar(L), grads=grads(m))
            case[tag] = r
        out.append(case)
    return out


def activations_file(rng, rs):
    x = np.concatenate([grid(rng, 60, scale=1.0), grid(rng, 60, scale=10.0), grid(rng, 20, scale=100.0),
                        [0.0, 2.0 ** -10, -2.0 ** -10, 2.0 ** -20, 88.0, -88.0, 104.0, -104.0, 710.0, -710.0]])
    t = torch.tensor(x, dtype=torch.float64)
    f = dict(sigmoid=torch.sigmoid(t), tanh=torch.tanh(t), relu=torch.relu(t), softplus=torch.tensor(np.logaddexp(0.0, x)),
             exp=torch.exp(torch.clamp(t, max=700.0)), log_sigmoid=nn.functional.logsigmoid(t))
    rows = np.stack([grid(rng, 5, scale=s) for s in (1, 1, 10, 100, 900)])
    r = torch.tensor(rows, dtype=torch.float64)
    return dict(note="float64 values; exp is of min(x,700)", x=enc(x), **{k: enc(v) for k, v in f.items()},
                rows=enc(rows), softmax=enc(torch.softmax(r, 1)), log_softmax=enc(torch.log_softmax(r, 1)),
                logsumexp=enc(torch.logsumexp(r, 1)))


def airline_file(rng, rs):
    out = []
    for cfg, c in CONFIGS.items():
        L, H = c["layers"], HIDDEN
        I = c["look_back"] if c["layout"] == "features" else 1
        params = draw_params(rng, Head(I, H, 1, L), 0.5)
        for l in range(L):
            params[f"lstm.bias_hh_l{l}"][:] = 0
            b = params[f"lstm.bias_ih_l{l}"]
            b[:] = 0
            b[H:2 * H] = 1
        params["out.bias"][:] = 0
        m = Head(I, H, 1, L)
        set_params(m, params, torch.float64)
        for l in range(L):
            getattr(m.lstm, f"bias_hh_l{l}").requires_grad_(False)
        opt = torch.optim.Adam([p for p in m.parameters() if p.requires_grad], lr=1e-3, eps=1e-8)
        # scaled in float64 here, so that the result does not depend on float32 rounding of the data
        raw = np.asarray(PASSENGERS, float)
        s = (raw - raw.min()) / (raw.max() - raw.min())
        n, lb = 96, c["look_back"]
        win = lambda q: (np.stack([q[i:i + lb] for i in range(len(q) - lb - 1)]), np.array([q[i + lb] for i in range(len(q) - lb - 1)]))
        (X, Y), (TX, TY) = win(s[:n]), win(s[n:])
        shp = (lambda q: q.reshape(len(q), 1, lb)) if c["layout"] == "features" else (lambda q: q.reshape(len(q), lb, 1))
        X, TX, Y = torch.tensor(shp(X)), torch.tensor(shp(TX)), torch.tensor(Y)
        hist, snaps = [], {}
        epochs = 100 if not rs else 60
        for e in range(epochs):
            st, tot = None, 0.0
            for i in range(len(X)):
                opt.zero_grad()
                p, ns = m(X[i:i + 1], st)
                loss = ((p[0, 0] - Y[i]) ** 2)
                loss.backward()
                opt.step()
                tot += loss.item()
                if c["stateful"]:
                    st = tuple(v.detach() for v in ns)
            hist.append(tot / len(X))
            if e + 1 in (1, 5):
                snaps[str(e + 1)] = {k: enc(v) for k, v in m.named_parameters()}
        with torch.no_grad():
            def pred(xs):
                st, o = None, []
                for i in range(len(xs)):
                    p, ns = m(xs[i:i + 1], st)
                    o.append(p.item())
                    if c["stateful"]:
                        st = ns
                return np.array(o)
            pt, pe = pred(X), pred(TX)
        k = raw.max() - raw.min()
        rm = lambda p, y: float(np.sqrt(np.mean(((p - np.asarray(y)) * k) ** 2)))
        out.append(dict(config=cfg, name=c["name"], look_back=lb, layout=c["layout"], stateful=c["stateful"], layers=L, epochs=epochs,
                        order="samples in order 0..n-1 every epoch (no shuffle), batch 1", gate_order=GATES["lstm"],
                        optimizer="torch.optim.Adam lr 1e-3 betas 0.9,0.999 eps 1e-8; bias_hh frozen at 0",
                        params={q: enc(v) for q, v in params.items()}, epoch_losses=hist, params_after_epoch=snaps,
                        final_params={q: enc(v) for q, v in m.named_parameters()}, train_pred=enc(pt), test_pred=enc(pe),
                        train_rmse=rm(pt, Y), test_rmse=rm(pe, TY)))
    return out


def keras_file(rng, rs):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow as tf
    from keras import layers
    keras.config.set_floatx("float64")
    out = dict(keras=keras.__version__, tensorflow=tf.__version__, dtype="float64",
               gate_order="LSTM i,f,c,o along the last axis of kernel (I,4H), recurrent_kernel (H,4H), bias (4H); GRU z,r,h, reset_after: bias (2,3H)",
               mapping="PyTorch weight_ih_l = kernel^T, weight_hh_l = recurrent_kernel^T, bias_ih_l = bias, bias_hh_l = 0 (LSTM: same gate order)",
               cases=[])

    def weights(layer):
        ws = [grid(rng, *w.shape, scale=0.7) for w in layer.get_weights()]
        layer.set_weights(ws)
        return {n: enc(w) for n, w in zip(("kernel", "recurrent_kernel", "bias"), ws)}, ws

    for name, nl, seqs in (("stateful_lstm", 1, True), ("stateful_lstm_last_step", 1, False), ("stacked_stateful_lstm", 2, True)):
        B, T, I, H = sizes(rng, rs, [(2, 4, 3, 4)], hi=(3, 5, 4, 5))[0]
        ls = [layers.LSTM(H, stateful=True, return_sequences=True if k < nl - 1 else seqs, activation="tanh") for k in range(nl)]
        m = keras.Sequential([keras.Input(batch_shape=(B, T, I)), *ls])
        enc_w, raw_w = zip(*[weights(l) for l in ls])
        xs = grid(rng, 3, B, T, I)
        ys = [np.asarray(m(xs[k])) for k in range(3)]
        states = [[np.asarray(v) for v in l.states] for l in ls]
        for l in ls:
            l.reset_states()
        again = np.asarray(m(xs[0]))
        assert np.array_equal(again, ys[0])
        # cross-check against PyTorch with the mapped weights
        t = nn.LSTM(I, H, num_layers=nl, batch_first=True).double()
        with torch.no_grad():
            for k, (kw, rw, bw) in enumerate(raw_w):
                getattr(t, f"weight_ih_l{k}").copy_(torch.tensor(kw.T.copy()))
                getattr(t, f"weight_hh_l{k}").copy_(torch.tensor(rw.T.copy()))
                getattr(t, f"bias_ih_l{k}").copy_(torch.tensor(bw))
                getattr(t, f"bias_hh_l{k}").zero_()
            s, err = None, 0.0
            for k in range(3):
                y, s = t(torch.tensor(xs[k]), s)
                y = y if seqs else y[:, -1]
                err = max(err, float(np.abs(y.numpy() - ys[k]).max()))
        assert err < 1e-12, err
        out["cases"].append(dict(name=name, B=B, T=T, I=I, H=H, layers=nl, return_sequences=seqs, weights=list(enc_w),
                                 x_batches=enc(xs), y_batches=[enc(y) for y in ys],
                                 final_states=[{"h": enc(a), "c": enc(b)} for a, b in states],
                                 after_reset="the first batch gives y_batches[0] again", max_abs_difference_to_pytorch=err))

    for name, ra in (("gru_reset_after", True), ("gru_reset_before", False)):
        B, T, I, H = sizes(rng, rs, [(2, 4, 3, 4)], hi=(3, 5, 4, 5))[0]
        l = layers.GRU(H, return_sequences=True, reset_after=ra)
        l.build((B, T, I))
        w, _ = weights(l)
        x = tf.constant(grid(rng, B, T, I))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = l(x)
            L = tf.reduce_sum(y * y)
        g = tape.gradient(L, [x] + [v.value for v in l.trainable_variables])
        out["cases"].append(dict(name=name, B=B, T=T, I=I, H=H, reset_after=ra, weights=[w], x=enc(x.numpy()), y=enc(y.numpy()),
                                 loss=float(L), grads=dict(zip(("x", "kernel", "recurrent_kernel", "bias"), [enc(v.numpy()) for v in g]))))

    # LSTM -> Dense(1), Keras optimizers in Keras's own form, 10 full-batch steps
    B, T, I, H = sizes(rng, rs, [(4, 5, 2, 4)], hi=(5, 6, 3, 5))[0]
    x, t = grid(rng, B, T, I), grid(rng, B, 1)
    l, d = layers.LSTM(H), layers.Dense(1)
    m = keras.Sequential([keras.Input((T, I)), l, d])
    lw = [grid(rng, *w.shape, scale=0.6) for w in m.get_weights()]
    runs = []
    for name, mk in (("adam", lambda: keras.optimizers.Adam(learning_rate=0.01)), ("sgd", lambda: keras.optimizers.SGD(learning_rate=0.1)),
                     ("sgd_momentum", lambda: keras.optimizers.SGD(learning_rate=0.05, momentum=0.9)),
                     ("rmsprop", lambda: keras.optimizers.RMSprop(learning_rate=0.01))):
        m.set_weights(lw)
        opt = mk()
        losses = []
        for _ in range(10):
            with tf.GradientTape() as tape:
                L = tf.reduce_mean((m(x, training=True) - t) ** 2)
            losses.append(float(L))
            vs = m.trainable_variables
            opt.apply_gradients(zip(tape.gradient(L, [v.value for v in vs]), vs))
        cf = {k: v for k, v in opt.get_config().items() if isinstance(v, (int, float, bool)) and v is not None}
        runs.append(dict(name=name, hyper=cf, losses=losses, final_weights=[enc(w) for w in m.get_weights()]))
    out["optimizers"] = dict(problem="LSTM(H) last step -> Dense(1), mean squared error, full batch, 10 steps", B=B, T=T, I=I, H=H,
                             weight_names=["kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias"],
                             inputs={"x": enc(x), "target": enc(t)}, weights=[enc(w) for w in lw], runs=runs)
    return out


README = """# Reference cases for recurrent networks

Written by `gen_goldens.py` (seed {seed}, {sz} sizes) with PyTorch {torch}, NumPy {numpy}, Python {py}{keras}.
CPU, one thread. Regenerating with the same versions gives the same files.

The tests in `tests/tests/goldens` read them. To make the same files again, or a set with other seeds and sizes, and to
have NumPy check either by the formulas below:

    pip install -r requirements.txt
    python gen_goldens.py --out DIR [--seed 987 --random-sizes]
    python verify_goldens.py DIR

`CAROUSEL_GOLDENS=DIR cargo test -p carousel-tests` then reads that set instead of this folder; DIR is an absolute path.

## Encoding
* Tensor: `{{"shape": [...], "data": [...]}}`, flat, row-major (last axis fastest). Numbers under `f32` carry 9 significant digits (they
  restore the float32 exactly when parsed as float32); all others are float64 with 17.
* Every *given* number (`inputs`, `params`, `weights`) is a multiple of 1/1024 and so exact in float32 and float64.
* `f64`: results in double, the reference. `f32`: the same problem in PyTorch float32, to show what error is normal.
* Sequences are batch-major: `x` (B,T,I), `y` (B,T,D*H) with D=2 if bidirectional (forward half first). `h0,c0,hT,cT` are
  (layers*D, B, H): layer 0 forward, layer 0 backward, layer 1 forward, ...
* Parameter names are PyTorch's: `weight_ih_l{{k}}` (G*H, I or D*H), `weight_hh_l{{k}}` (G*H, H), `bias_ih_l{{k}}`, `bias_hh_l{{k}}` (G*H);
  suffix `_reverse` for the backward direction. G=4 LSTM, 3 GRU, 1 RNN. Models with a head have prefixes `lstm.`, `out.` (and `emb.`).

## Gate order and formulas (PyTorch)
* LSTM rows: i,f,g,o. i,f,o = sigmoid, g = tanh of W x + b_ih + U h + b_hh; c' = f*c + i*g; h' = o*tanh(c').
* GRU rows: r,z,n. n = tanh(W_n x + b_in + r*(U_n h + b_hn)); h' = (1-z)*n + z*h.
* RNN: h' = tanh(W x + b_ih + U h + b_hh).
* Keras: LSTM columns i,f,c,o (c is PyTorch's g, so the same order, transposed; one bias = b_ih + b_hh). GRU columns z,r,h.
  With `reset_after` the bias is (2,3H): row 0 input, row 1 recurrent; without it the reset gate multiplies h before U.

## Files
| file | content |
|---|---|
| `lstm.json`, `gru.json`, `rnn_tanh.json` | list of layer cases: `inputs` x[,h0,c0], `params`, then under `f64`/`f32`: y, hT[,cT], loss, `grads` of x[,h0,c0] and all parameters. `loss_kind` is `sum_y2` = sum(y^2) or `sum_y2_plus_states` = sum(y^2) + sum(hT^2) [+ 0.5*sum(cT^2)]. Missing h0/c0 means zeros. `lengths` (per batch row) means packed variable-length sequences: y is 0 past the end, hT/cT are the states at each row's end, the backward direction starts at each row's end. `*_saturated` has weights up to 12. |
| `optimizers.json` | LSTM -> Linear, MSE, 10 full-batch steps per run. `losses[k]` is the loss before step k, `final_loss` after step 10. PyTorch forms: Adam m_hat/(sqrt(v_hat)+eps), RMSprop g/(sqrt(v)+eps), AdamW decoupled decay (p *= 1-lr*wd first), SGD momentum buf = mu*buf+g (first buf = g). `clip_norm`: all gradients scaled by min(1, clip/(norm+1e-6)). |
| `classifier.json` | LSTM -> Linear -> softmax cross-entropy (last step / every step / 2 layers / with embedding): logits, probs, loss (mean over labels), grads (also of the logits). Labels and token ids are integers. |
| `tbptt.json` | state carried over 4 chunks, gradient cut between them: per chunk p, hT, cT, loss, grads; `inputs.x` is (chunks,B,T,I). `uncut` shows the different gradient of full BPTT. `*_update` apply SGD after each chunk. |
| `activations.json` | sigmoid, tanh, softplus, ... and softmax/log_softmax/logsumexp rows in float64, also far out. |
| `airline.json` | the five tutorial configurations trained in float64 without shuffling from given weights: loss of each epoch (mean of the sample losses, each taken before its update), parameters after epochs 1 and 5 and at the end, predictions (scaled units), RMSE in thousands of passengers. Data: (v-104)/(622-104) in float64, 96/48 split, windows as in the tutorial (`range(len-look_back-1)`). Predict: train from zero state, reset, test. |
| `keras.json` | Keras float64: stateful LSTM over three batches (1 and 2 layers), GRU both reset modes with gradients, optimizer trajectories in Keras's forms (Adam eps 1e-7: lr*sqrt(1-b2^t)/(1-b1^t) * m/(sqrt(v)+eps); RMSprop rho 0.9: g*lr/sqrt(v+eps); momentum v = mu*v - lr*g). Checked here against PyTorch with mapped weights. |

## Suggested tolerances
float64: relative 1e-10 (max-norm) for outputs and gradients, 1e-8 after optimizer steps, 1e-6 after whole airline runs.
Airline configuration 5 is chaotic: in float32 compare the losses of the first 50 epochs (1e-5), not the final RMSE.
float32: 2e-5 of the tensor's largest magnitude for outputs, 1e-4 for gradients (see how far `f32` itself is from `f64`).
"""


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--random-sizes", action="store_true")
    ap.add_argument("--only", default="", help="comma-separated file stems")
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    files = dict(lstm=lambda r, s: recurrent_file(r, "lstm", s), gru=lambda r, s: recurrent_file(r, "gru", s),
                 rnn_tanh=lambda r, s: recurrent_file(r, "rnn_tanh", s), optimizers=optimizer_file, classifier=classifier_file,
                 tbptt=tbptt_file, activations=activations_file, airline=airline_file, keras=keras_file)
    kv = ""
    for k, (stem, f) in enumerate(files.items()):
        if a.only and stem not in a.only.split(","):
            continue
        data = f(np.random.default_rng([a.seed, k]), a.random_sizes)   # each file has its own stream
        path = os.path.join(a.out, stem + ".json")
        with open(path, "w") as fh:
            json.dump(data, fh, separators=(",", ":"), allow_nan=False)
        if stem == "keras":
            kv = f", Keras {data['keras']} on TensorFlow {data['tensorflow']}"
        print(path, os.path.getsize(path))
    if not a.only:
        with open(os.path.join(a.out, "README.md"), "w") as fh:
            fh.write(README.format(seed=a.seed, sz="random" if a.random_sizes else "fixed", torch=torch.__version__,
                                   numpy=np.__version__, py=sys.version.split()[0], keras=kv))


if __name__ == "__main__":
    main()
