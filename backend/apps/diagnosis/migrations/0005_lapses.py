"""Count the deliveries of a task that ended in silence: only those are bounded."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("diagnosis", "0004_receipt"),
    ]

    operations = [
        migrations.AddField(
            model_name="nodetask",
            name="lapses",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
