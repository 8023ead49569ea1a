"""Labels and canned replies to begin with; the operator edits them."""

from django.db import migrations

LABELS = [("要フォロー", "amber"), ("面談希望", "green"), ("求人の質問", "blue"), ("苦情", "rose"), ("対象外", "grey")]
REPLIES = [
    ("はじめのあいさつ", "はじめまして、{name}です。ここまでのやりとりを拝見しました。よろしくお願いします。"),
    ("確認してお返事します", "ありがとうございます。確認しますので、少しお待ちください。"),
    ("面談のご案内", "よろしければ、面談でゆっくりお話ししませんか。ご都合のよい日時を2つか3つお知らせください。"),
    ("もう少し教えてください", "もう少し詳しく教えていただけますか。今のお仕事で大変だと感じるのは、どんな場面でしょうか。"),
    ("終わりのあいさつ", "本日はお話しくださり、ありがとうございました。また気になることがあれば、いつでもご相談ください。"),
]


def fill(apps, schema_editor):
    for name, colour in LABELS:
        apps.get_model("console", "Label").objects.get_or_create(name=name, defaults={"colour": colour})
    for number, (title, text) in enumerate(REPLIES, start=1):
        apps.get_model("console", "CannedReply").objects.get_or_create(
            title=title, defaults={"text": text, "position": number * 10}
        )


class Migration(migrations.Migration):
    dependencies = [("console", "0002_search")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
