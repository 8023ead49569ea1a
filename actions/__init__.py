"""Rasa actions: thin classes, a topic a module, over plain functions beside them."""


def preload() -> None:
    """Reads what is read once a process, so that no visitor waits for it in the middle of a talk.

    Raises:
        ValueError: a data file cannot be used; its text names file, line and cure.
    """
    # Not above: whoever wants one topic's functions only need not import all of them.
    from actions.job_answers.action import conversation
    from actions.self_analysis import data, evidence, reading

    conversation()
    analysis = data.load()
    evidence.preload(analysis)
    reading.preload(analysis)
