"""The UIs as a target: a real browser asks in their page, and the view of a person is measured in the page itself.

A UI is started as a process against the measured backend (or is running already), Chromium asks the scenario's question
by the words on the page, and a script in the page stamps the animation frame after every change of it. At the same time
the harness follows the same run on its own measuring path. Needs playwright and Chromium; nothing here is imported
before a page is asked for.
"""
