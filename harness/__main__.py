"""`python -m harness` does what the `harness` command does."""

from harness.cli import app

if __name__ == "__main__":
    app(prog_name="harness")
