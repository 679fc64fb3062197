"""How the fragments sit in Gradio's page: its theme in our colours, two columns that scroll by themselves."""

import gradio as gr

from backend.present.palette import DARK, LIGHT

_ROLES = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "muted",
    "input_background_fill": "raised",
    "input_background_fill_focus": "ground",
    "block_border_color": "line",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_border_color": "accent",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "raised",
    "button_secondary_background_fill_hover": "sunken",
    "button_secondary_border_color": "line",
    "button_secondary_text_color": "text",
    "button_cancel_background_fill": "bad-soft",
    "button_cancel_background_fill_hover": "bad-soft",
    "button_cancel_border_color": "bad",
    "button_cancel_text_color": "bad",
}
"""Gradio's theme variables by the colour of ours that each takes, light and dark."""

PAGE_STYLE = """
.gradio-container{padding:0!important;max-width:none!important}
.gradio-container .main{padding:10px 20px 0!important}
.gradio-container .wrap,.gradio-container .contain>.column{gap:8px}
.gradio-container .html-container{padding:0!important}
#ph-columns{gap:20px;align-items:flex-start}
#ph-conversation,#ph-evidence{gap:8px}
#ph-conversation>*,#ph-evidence>*{flex:none}
#ph-ask{align-items:flex-end;gap:8px}
#ph-ask .form{border:0;background:none;gap:8px}
#ph-ask .form .block{padding:0;background:none}
#ph-ask button{height:42px}
#ph-examples{gap:6px}
#ph-examples button{padding:3px 10px;border:1px solid var(--ph-line);border-radius:8px}
#ph-examples button{font-size:13px;font-weight:400;text-align:start;justify-content:start}
#ph-status{min-height:48px}
#ph-reading{display:block;height:calc(100dvh - 262px);min-height:240px;overflow-y:auto;overflow-anchor:none;flex:none}
#ph-reading>*{margin-bottom:8px}
#ph-warnings{position:sticky;top:0;z-index:1;max-height:40%;overflow-y:auto!important;background:var(--ph-ground)}
#ph-evidence{height:calc(100dvh - 62px);min-height:420px;overflow-y:auto;flex-wrap:nowrap}
#ph-steps{min-height:72px}
#ph-evidence:not(:has([data-charts="1"],[data-charts="2"],[data-charts="3"])) #ph-chart-0,
#ph-evidence:not(:has([data-charts="2"],[data-charts="3"])) #ph-chart-1,
#ph-evidence:not(:has([data-charts="3"])) #ph-chart-2{
visibility:hidden;height:0!important;min-height:0;margin-top:-8px;overflow:hidden!important}
@media (max-width:760px){#ph-reading,#ph-evidence{height:auto;min-height:0}}
"""


def theme() -> gr.themes.Base:
    """Gradio's plain theme in our colours, with the fonts the reader's machine has."""
    colours = {}
    for variable, role in _ROLES.items():
        colours[variable] = LIGHT[role]
        colours[f"{variable}_dark"] = DARK[role]
    base = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return base.set(**colours)
