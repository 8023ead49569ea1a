"""Checks the files that operators edit (operator's facts, help lines, texts) and says in Japanese what to mend."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from actions.topic_texts import SCHEMAS, topic_texts
from bot.documents import DocumentError
from bot.operator_settings import operator, unready
from bot.safety.settings import lines, phrases, texts


def main() -> int:
    """0 where everything fits, 1 with the faults on standard error."""
    wrong: list[str] = []
    checks: list[Callable[[], object]] = [operator, lines, phrases, texts]
    for topic in SCHEMAS:
        checks.append(partial(topic_texts, topic))
    for check in checks:
        try:
            check()
        except DocumentError as error:
            wrong.append(str(error))
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    sys.stdout.write("設定のファイルに問題は見つかりませんでした。\n")
    if left := unready(operator()):
        names = "、".join(left)
        sys.stdout.write(f"公開する前に、data/operator.yml の {names} を自社の内容に書きかえてください。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
