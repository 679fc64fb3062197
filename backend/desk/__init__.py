"""The behaviour of both UIs' pages, without a widget: ask, open, compare, find, and the sentences for failures.

A service has the client and no memory; a tab's memory is in a state of its own, which the service's methods take and
change. They are coroutines and async generators, and states change on the event loop only: Gradio awaits them in its
handlers, Streamlit runs them on its background loop and draws the frozen copies that they return. No error of the
client leaves the desk: it becomes a ``Problem`` to be drawn or a sentence to be shown in passing.
"""
