"""Write the script into the templates: `python -m tests.ci_templates`."""

from tests.ci_templates.embedding import EMBEDDING, FOLDER, SCRIPT, embedded

for name, file in EMBEDDING.items():
    path = FOLDER / name
    path.write_text(embedded(path.read_text("utf-8"), SCRIPT.read_text("utf-8"), file), "utf-8")
