"""What other apps can hook into.

Receivers run inside the transaction that stores the event: what they write is stored with it or not at all.
Keep them short, with database work only; a receiver that raises undoes the turn and it is tried again.
"""

from django.dispatch import Signal

#: The bot, the visitor or the desk asks for a human. Sent with `conversation` (locked), `reason`, `summary`,
#: `urgency`, `event` (the cause, or None). The receiver (desk.handoff) changes the owner and says so.
handoff_requested = Signal()

#: The visitor answers what the desk itself had asked on the way to a human: sent with `conversation` (locked),
#: `answer` ("yes" and "no" to being handed over, "stop" to waiting) and `event` (the answer, or None).
human_answered = Signal()

#: Sent with `conversation_id`, `kind` ("crisis", "labour" …), `urgency`, `event` (the stored alert).
alert_raised = Signal()

#: Sent with `conversation`, `result` (schema `self_analysis` of bot/payloads.py), `event`.
self_analysis_finished = Signal()

#: Sent with `event` for every stored event.
event_appended = Signal()

#: Sent with `conversation`, `before` (state), `after` (state), `by` (user or None), `reason`, `event`.
owner_changed = Signal()

#: Sent with `person_id`, `conversation_ids` just before a person's rows are deleted: delete yours.
person_erased = Signal()

#: Sent with `person_id` when a person asks for what is stored; return a dict that is added to the file.
data_requested = Signal()

#: Sent without arguments by the chat's configuration; return True while a human could take a conversation.
human_available = Signal()
