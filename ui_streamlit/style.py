"""How the fragments sit in Streamlit's page: a bar to navigate by, columns that scroll by themselves, no jumps.

Keys of containers become classes: ``st-key-<key>``.
"""

from backend.present.theme.style import QUESTION_LINES


def _keys(*names: str) -> str:
    """A selector of the containers with these keys."""
    return f":is({','.join(f'.st-key-ph-{name}' for name in names)})"


_ROWS = _keys(
    "head", "actions", "examples", "transport", "chosen-links", "chosen-exports", "feedback-actions", "share-link"
)
_BORDERED = _keys("head", "actions", "transport", "chosen-links", "chosen-exports")
_DELETIONS = "[class*=st-key-ph-delete-]"
_BOXES = _keys("reading", "evidence", "list", "details")
_SIDES = _keys("side-first", "side-second")
_COMPARED = ".stApp:has(.st-key-ph-side-first)"
_CHOICES = ":is([class*=st-key-ph-row-],[class*=st-key-ph-chosen-row-])"
_LINK = 'a[data-testid="stPageLink-NavLink"]'

_BAR = """
.stApp header[data-testid="stHeader"]{height:44px;min-height:44px;background:var(--ph-ground);
border-bottom:1px solid var(--ph-line)}
.stApp header [data-testid="stToolbar"]{height:44px;min-height:0;padding:0 10px}
.stApp header [data-testid="stTopNavLink"]{padding:4px 12px;border-radius:8px}
.stApp header [data-testid="stTopNavLink"][aria-current]{background:var(--ph-accent-soft)}
.stApp header [data-testid="stTopNavLink"][aria-current] p{color:var(--ph-accent);font-weight:600}
.stApp header [data-testid="stTopNavLink"] p{font-size:14px}
"""

_SPACE = """
.stMainBlockContainer{padding:52px 20px 0!important;max-width:none!important}
.stMainBlockContainer [data-testid="stVerticalBlock"]{gap:8px}
.stApp [data-stale="true"]{opacity:1!important;transition:none!important}
.stMainBlockContainer [data-testid="stElementContainer"]:has(>.stHtml>:is(style,script):only-child){display:none}
[class*=st-key-ph-file-]{display:none}
.st-key-ph-head{min-height:32px}
.stApp .st-key-ph-stop:has(button:disabled),div:has(>.st-key-ph-stop button:disabled){display:none}
.st-key-ph-head>div:first-child{flex:1;min-width:0}
.stApp [data-testid="stForm"]{padding:0}
.stApp [data-testid="InputInstructions"]{display:none}
.st-key-ph-actions>[data-testid="stElementContainer"]:has(>.stHtml>span[hidden]:only-child){display:none}
"""

_BUTTONS = f"""
{_ROWS} :is(button,{_LINK}),{_DELETIONS} button{{padding:3px 10px;min-height:0}}
{_ROWS} :is(.stButton,.stDownloadButton,.stPopover,.stPopover>div){{display:flex}}
{_ROWS} button>div{{line-height:1}}
{_BORDERED} :is(button,{_LINK}),{_DELETIONS} button{{
border:1px solid var(--ph-line-strong);border-radius:8px;white-space:nowrap;margin:0}}
{_ROWS} :is(button,{_LINK}) p,{_DELETIONS} button p{{font-size:13px;line-height:1.5}}
.st-key-ph-transport [data-testid="stSelectbox"] button{{border:0;padding:0 4px}}
.st-key-ph-transport [data-testid="stSelectbox"] [role="group"]{{height:30px;min-height:0}}
.st-key-ph-transport [data-testid="stSelectbox"] input{{padding-block:0;height:28px}}
.st-key-ph-examples button{{justify-content:start;text-align:start;min-height:44px}}
.st-key-ph-examples button p{{line-height:1.35}}
.st-key-ph-actions{{min-height:44px;flex-wrap:nowrap;overflow-x:auto;overflow-y:hidden;scrollbar-width:none}}
.st-key-ph-actions>*{{flex:none}}
.st-key-ph-actions :is(button,{_LINK}){{padding:3px 8px}}
{_CHOICES} button{{justify-content:start;text-align:start;padding:6px 10px;min-height:0}}
{_CHOICES} button :is(div,span){{justify-content:start;text-align:start}}
.stMainBlockContainer [data-testid="stVerticalBlock"]:is(.st-key-ph-list,{_CHOICES}){{gap:2px}}
{_CHOICES} button p{{font-size:14px;font-weight:500}}
[class*=st-key-ph-chosen-row-] button{{background:var(--ph-accent-soft);border-color:var(--ph-accent)}}
.stApp button[kind^="primary"]{{border-color:var(--ph-accent)}}
.stApp button[kind^="primary"] p{{color:var(--ph-on-accent)}}
"""

_QUESTION = f"""
[class*=st-key-ph-question] textarea{{padding-block:9px;min-height:38px;resize:none}}
@supports (field-sizing:content){{[class*=st-key-ph-question] textarea{{
field-sizing:content;height:auto!important;max-height:calc({QUESTION_LINES}lh + 18px)!important}}}}
"""

_HEIGHTS = f"""
{_BOXES},div:has(>{_BOXES}){{
height:calc(100dvh - var(--ph-above,100px))!important;max-height:none!important;flex:none!important}}
[data-testid="stColumn"]:has(.st-key-ph-reading)>[data-testid="stVerticalBlock"]{{
height:calc(100dvh - var(--ph-above,100px));flex-wrap:nowrap}}
[data-testid="stColumn"]:has(.st-key-ph-reading)>[data-testid="stVerticalBlock"]>*{{flex:none}}
div.st-key-ph-reading,div:has(>.st-key-ph-reading){{flex:1 1 0!important;height:auto!important;min-height:160px}}
.st-key-ph-reading>*{{flex:none}}
.st-key-ph-reading>div:has(.ph-warnings){{
position:sticky;top:0;z-index:1;max-height:40%;overflow-y:auto;background:var(--ph-ground)}}
.st-key-ph-reading:has(.ph-turn) .st-key-ph-answer{{
min-height:calc(100dvh - var(--ph-above-reading,296px) - 64px)}}
.stApp:has(.st-key-ph-list){{--ph-above:214px}}
.stApp:has(.st-key-ph-feedback-actions){{--ph-above:182px}}
.stApp:has(.st-key-ph-scrubber){{--ph-above:192px;--ph-above-reading:252px}}
.stApp:has(.st-key-ph-scrubber) :is(.ph-ticking,.ph-glyph--running){{animation-play-state:paused!important}}
"""

_COMPARE = f"""
{_COMPARED} .st-key-ph-timeline,{_COMPARED} div:has(>.st-key-ph-timeline){{
height:calc(100dvh - 226px)!important;flex:none!important}}
{_COMPARED} {_SIDES},{_COMPARED} div:has(>{_SIDES}){{
height:calc(100dvh - 606px)!important;min-height:100px;flex:none!important}}
{_COMPARED} {_SIDES}{{padding:8px}}
{_COMPARED} .st-key-ph-transport>:has(.ph-moment){{flex:1;min-width:0}}
{_COMPARED} p.ph{{margin:0}}
{_COMPARED} .ph-moment{{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}}
"""

_NARROW = f"""
@media (max-width:760px){{
{_BOXES},div:has(>{_BOXES}),[data-testid="stColumn"]:has(.st-key-ph-reading)>[data-testid="stVerticalBlock"]{{
height:auto!important}}
div.st-key-ph-reading,div:has(>.st-key-ph-reading){{flex:none!important;min-height:0}}
.stMainBlockContainer{{padding:52px 12px 12px!important}}
.st-key-ph-head>div:first-child{{flex:1 1 100%}}
.st-key-ph-actions{{flex-wrap:wrap;overflow:visible}}
.st-key-ph-reading:has(.ph-turn) .st-key-ph-answer{{min-height:0}}
{_COMPARED} .st-key-ph-timeline,{_COMPARED} div:has(>.st-key-ph-timeline){{height:auto!important}}
{_COMPARED} {_SIDES},{_COMPARED} div:has(>{_SIDES}){{height:240px!important}}
{_COMPARED} .st-key-ph-table,{_COMPARED} div:has(>.st-key-ph-table){{height:auto!important}}
{_COMPARED} .st-key-ph-transport{{flex-wrap:wrap}}
{_COMPARED} .st-key-ph-transport>:has(.ph-moment){{flex:1 1 100%}}
{_COMPARED} .ph-moment{{white-space:normal}}
}}
"""

PAGE_STYLE = f"<style>{_BAR}{_SPACE}{_BUTTONS}{_QUESTION}{_HEIGHTS}{_COMPARE}{_NARROW}</style>"
"""One style element for all places."""
