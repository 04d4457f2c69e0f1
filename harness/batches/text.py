"""Token ids of a plain-text file, in blocks as long as the data set's samples.

Blocks follow each other without overlap and are drawn without replacement. With the loss
``per_token``, the label of a token is the token after it; other losses have no labels here.

Option ``tokens``: what a token is. ``"bytes"`` of the file, ids 0 to 255, of which only the drawn
blocks are read; ``"characters"`` of UTF-8 or ``"words"`` between white space, numbered by how often
they occur, the most frequent first, ties by the alphabet, where those beyond the vocabulary are its
last id; a vocabulary file (one word a line, numbered from 0; ``<unk>`` stands for all others); or a
``.json`` of the package ``tokenizers``. All but bytes read the whole text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.source import BatchSource, Draw
from harness.core.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SOURCE"]

_WANTED = "a plain-text file"
_UNKNOWN = "<unk>"


def _draw(draw: Draw, *, tokens: str = "bytes") -> tuple[np.ndarray, np.ndarray | None]:
    import numpy as np

    path = draw.existing(_WANTED)
    if draw.dataset.inputs != "tokens" or len(draw.dataset.shape) != 1:
        raise UsageError(
            f"samples of {draw.dataset.title} are {draw.dataset.inputs} "
            f'{draw.dataset.shape}; text gives token ids: inputs = "tokens", shape = [64]'
        )
    ids = _ids(path, tokens, draw.dataset.vocabulary)
    length = draw.dataset.shape[0]
    following = draw.dataset.loss == "per_token"
    blocks = (len(ids) - following) // length
    chosen = draw.indices(max(blocks, 0), path, f"blocks of {length} tokens")
    windows = np.stack(
        [ids[index * length : (index + 1) * length + following] for index in chosen]
    ).astype(np.int64)
    return windows[:, :length], windows[:, 1:] if following else None


def _ids(path: Path, tokens: object, vocabulary: int) -> np.ndarray:
    import numpy as np

    if tokens == "bytes":
        try:
            return np.memmap(path, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:  # an empty file cannot be mapped
            raise DataError(f"cannot read {path}: {error}") from error
    text = _read(path)
    if tokens == "characters":
        return _numbered(text, vocabulary)
    if tokens == "words":
        return _numbered(text.split(), vocabulary)
    if not isinstance(tokens, str) or not Path(tokens).is_file():
        raise UsageError(
            f"[batch] options: tokens is {tokens!r}; give bytes, characters, words, or a file of a "
            "vocabulary (.txt) or tokenizer (.json)"
        )
    if tokens.endswith(".json"):
        return _tokenized(text, tokens)
    return _looked_up(text.split(), Path(tokens), path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no UTF-8 text (byte {error.start}); take bytes") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error


def _numbered(units: Sequence[str], vocabulary: int) -> np.ndarray:
    import numpy as np

    counts = Counter(units)
    ordered = sorted(counts, key=lambda unit: (-counts[unit], unit))
    numbers = {unit: min(number, vocabulary - 1) for number, unit in enumerate(ordered)}
    return np.array([numbers[unit] for unit in units], dtype=np.int64)


def _looked_up(words: Iterable[str], vocabulary: Path, path: Path) -> np.ndarray:
    import numpy as np

    numbers: dict[str, int] = {}
    for number, line in enumerate(_read(vocabulary).splitlines()):
        if numbers.setdefault(line.strip(), number) != number:
            raise DataError(f"{vocabulary} has the word {line.strip()!r} a second time")
    unknown = numbers.get(_UNKNOWN)
    ids = []
    for word in words:
        known = numbers.get(word, unknown)
        if known is None:
            raise DataError(
                f"the word {word[:40]!r} of {path} is not in {vocabulary}, which has no {_UNKNOWN}"
            )
        ids.append(known)
    return np.array(ids, dtype=np.int64)


def _tokenized(text: str, file: str) -> np.ndarray:
    import numpy as np

    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError(
            f"{file} needs the package tokenizers: python -m pip install tokenizers"
        ) from error
    try:
        tokenizer = Tokenizer.from_file(file)
    except Exception as error:  # its binding raises bare exceptions
        raise DataError(f"cannot read the tokenizer {file}: {error}") from error
    return np.array(tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.int64)


SOURCE = BatchSource(
    name="text",
    summary="Token ids of a plain-text file; the label of a token is the next one",
    draw=_draw,
    needs=_WANTED,
)
