"""`pytest --submission PATH [--assignment ID]`: one test per entry point and property, with live Hypothesis inside.

An installed harness announces this plugin itself, so it also works from other folders.
"""

pytest_plugins = ["harness.pytest_plugin"]
