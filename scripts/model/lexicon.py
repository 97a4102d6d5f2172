"""Makes the lexicon: a logistic regression per category over the words and pairs of words of a segment (TF-IDF).

    /usr/bin/python3 scripts/model/lexicon.py --contracts DIR            writes lexicon.json beside the segments
    /usr/bin/python3 scripts/model/lexicon.py --contracts DIR --teacher  writes teacher.npy as well

The teacher's probabilities of a train segment come from a regression that did not see its contract (five folds), so they
say what can be known of it from its words. Needs Debian's python3-sklearn.
"""

import argparse
import base64
import json
import multiprocessing
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

CATEGORIES = 41
FOLDS = 5
# As termCounts and placeWords in src/core/documents/lexicon.ts.
WORD = r"(?u)\w+|[$%]"
PLACES = (("doc_start", 250), ("doc_opening", 1000), ("doc_preamble", 3000), ("doc_front", 9000))


def read(folder: Path, contracts: Path, split: str):
    """File, words (those of its place first) and labels of every segment, in the order of the file."""
    texts, files, labels, documents = [], [], [], {}
    with open(folder / f"{split}.segments.jsonl") as lines:
        for line in lines:
            s = json.loads(line)
            name = s["file"]
            if name not in documents:
                with open(contracts / name, encoding="utf-8", newline="") as file:
                    documents[name] = file.read().encode("utf-16-le")
            words = documents[name][2 * s["start"] : 2 * s["end"]].decode("utf-16-le", "replace")
            place = [word for word, before in PLACES if s["start"] < before]
            texts.append(" ".join([*place, *words.split()]))
            files.append(name)
            labels.append(s["labels"])
    wanted = np.zeros((len(texts), CATEGORIES), np.int8)
    for row, found in enumerate(labels):
        wanted[row, found] = 1
    return np.array(files), texts, wanted


def regression(vectors, wanted, weight, strength, category):
    model = LogisticRegression(C=strength, solver="liblinear", class_weight={0: 1, 1: weight})
    model.fit(vectors, wanted[:, category])
    return model.coef_[0], model.intercept_[0]


def fit(pool, vectors, wanted, settings):
    """Weights [terms, categories] and biases. Most segments have no category: of those two in five are enough."""
    kept = (wanted.sum(1) > 0) | (np.random.default_rng(0).random(len(wanted)) < 0.4)
    found = pool.map(partial(regression, vectors[kept], wanted[kept], settings.positive, settings.strength), range(CATEGORIES))
    return np.stack([weights for weights, _ in found], 1), np.array([bias for _, bias in found])


def encoded(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contracts", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=Path(".cache/model"))
    parser.add_argument("--terms", type=int, default=15000, help="the most frequent ones are kept")
    parser.add_argument("--strength", type=float, default=30, help="C of the regression: larger fits closer")
    parser.add_argument("--positive", type=float, default=2, help="weight of a marked segment against an unmarked one")
    parser.add_argument("--teacher", action="store_true")
    settings = parser.parse_args()
    files, texts, wanted = read(settings.folder, settings.contracts, "train")
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=3, sublinear_tf=True, token_pattern=WORD, max_features=settings.terms
    )
    vectors = vectorizer.fit_transform(texts)
    with multiprocessing.Pool(2) as pool:
        weights, bias = fit(pool, vectors, wanted, settings)
        scales = np.abs(weights).max(0) / 127
        lexicon = {
            "terms": [str(term) for term in vectorizer.get_feature_names_out()],
            "idf": encoded(vectorizer.idf_.astype("<f4")),
            "weights": encoded(np.rint(weights / scales).astype(np.int8)),
            "scales": [float(scale) for scale in scales],
            "bias": [float(value) for value in bias],
        }
        (settings.folder / "lexicon.json").write_text(json.dumps(lexicon))
        print(f"{len(lexicon['terms'])} terms")
        if not settings.teacher:
            return
        names = sorted(set(files))
        np.random.default_rng(0).shuffle(names)
        fold = {name: index % FOLDS for index, name in enumerate(names)}
        folds = np.array([fold[name] for name in files])
        teacher = np.zeros(wanted.shape, np.float16)
        for index in range(FOLDS):
            seen, unseen = np.where(folds != index)[0], np.where(folds == index)[0]
            weights, bias = fit(pool, vectors[seen], wanted[seen], settings)
            teacher[unseen] = 1 / (1 + np.exp(-(vectors[unseen] @ weights + bias)))
        np.save(settings.folder / "teacher.npy", teacher)


def scores(lexicon: dict, texts: list[str]) -> np.ndarray:
    """Log odds [texts, categories], as lexiconScores in src/core/documents/lexicon.ts computes them."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, vocabulary=lexicon["terms"])
    vectorizer.idf_ = np.frombuffer(base64.b64decode(lexicon["idf"]), "<f4").astype(float)
    weights = np.frombuffer(base64.b64decode(lexicon["weights"]), np.int8).reshape(-1, CATEGORIES)
    return vectorizer.transform(texts) @ (weights * np.array(lexicon["scales"])) + np.array(lexicon["bias"])


if __name__ == "__main__":
    main()
