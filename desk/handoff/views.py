"""The page where somebody leaves a contact, reached by a signed link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from desk.handoff import services
from desk.handoff.contact import contact_problem, tidy_contact
from desk.handoff.models import Appointment

Way = Appointment.Way


@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: HttpRequest, token: str) -> HttpResponse:
    """Contact, wish, consent. Nothing of the conversation is shown here."""
    conversation = services.conversation_of_link(token)
    if conversation is None:
        return render(request, "handoff/appointment.html", {"gone": True}, status=404)
    ways = [Way.PHONE, Way.MAIL, Way.LINE if conversation.channel == "line" else Way.CHAT]
    values = {
        name: request.POST.get(name, "").replace("\x00", "").strip()[:limit]
        for name, limit in (("way", 10), ("name", 50), ("contact", 200), ("wish", 500))
    }
    # Some letters grow when they are narrowed.
    values["contact"] = tidy_contact(values["contact"])[:200]
    problem = ""
    consent = request.POST.get("consent") == "1"
    asked = conversation.state == conversation.State.SCHEDULED
    if request.method == "POST":
        if request.POST.get("withdraw") == "1":
            if asked:
                services.cancel(conversation.pk, text="連絡のご希望を取り消しました。連絡先は消しました。")
            return render(request, "handoff/appointment.html", {"withdrawn": True})
        if values["way"] not in ways:
            problem = "連絡の方法をお選びください。"
        elif unreachable := contact_problem(values["way"], values["contact"]):
            problem = unreachable
        elif not consent:
            problem = "連絡先の取り扱いへの同意が必要です。"
        else:
            try:
                services.book(conversation.pk, consent_version=services.preferences().contact_version, **values)
            except services.RefusedError:
                problem = "ただいまアドバイザーが対応しています。会話の画面にお戻りください。"
            else:
                return render(request, "handoff/appointment.html", {"done": True})
    context = {"ways": ways, "values": values, "consent": consent, "problem": problem, "asked": asked}
    return render(request, "handoff/appointment.html", context, status=422 if problem else 200)
