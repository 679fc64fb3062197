"""How the fragments sit in Streamlit's page: a bar to navigate by, columns that scroll by themselves, no jumps."""

_BAR = """
.stApp header[data-testid="stHeader"]{height:44px;min-height:44px;background:var(--ph-ground);
border-bottom:1px solid var(--ph-line)}
.stApp header [data-testid="stToolbar"]{height:44px;min-height:0;padding:0 12px}
.stApp header [data-testid="stTopNavLink"]{padding:5px 12px;border-radius:8px}
.stApp header [data-testid="stTopNavLink"][aria-current]{background:var(--ph-accent-soft)}
.stApp header [data-testid="stTopNavLink"][aria-current] p{color:var(--ph-accent);font-weight:600}
.stApp header [data-testid="stTopNavLink"] p{font-size:14px}
"""

_SPACE = """
.stMainBlockContainer{padding:54px 20px 0!important;max-width:none!important}
.stMainBlockContainer [data-testid="stVerticalBlock"]{gap:8px}
.stApp [data-stale="true"]{opacity:1!important;transition:none!important}
.stMainBlockContainer [data-testid="stElementContainer"]:has(>.stHtml>style:only-child),
.stMainBlockContainer [data-testid="stElementContainer"]:has(>.stHtml>script:only-child){display:none}
.st-key-ph-head{min-height:28px}
.st-key-ph-head>div:first-child{flex:1;min-width:0}
.st-key-ph-head .ph-explanation{overflow:hidden;text-overflow:ellipsis}
.stApp [data-testid="stForm"]{padding:0}
"""

_SMALL_BUTTONS = """
:is(.st-key-ph-head,.st-key-ph-actions,.st-key-ph-examples,.st-key-ph-transport) :is(button,
a[data-testid="stPageLink-NavLink"]){padding:3px 10px;min-height:0}
:is(.st-key-ph-head,.st-key-ph-actions,.st-key-ph-transport) :is(button,a[data-testid="stPageLink-NavLink"]){
border:1px solid var(--ph-line-strong);border-radius:8px;white-space:nowrap}
:is(.st-key-ph-head,.st-key-ph-actions,.st-key-ph-examples,.st-key-ph-transport) :is(button,
a[data-testid="stPageLink-NavLink"]) p{font-size:13px;line-height:1.5}
.st-key-ph-examples button{justify-content:start;text-align:start}
.st-key-ph-examples button p{line-height:1.35}
.st-key-ph-actions{min-height:44px}
.stApp button[kind^="primary"]{border-color:var(--ph-accent)}
.stApp button[kind^="primary"] p{color:var(--ph-on-accent)}
"""

_RUN = """
:is(.st-key-ph-reading,.st-key-ph-evidence,.st-key-ph-table),
div:has(>:is(.st-key-ph-reading,.st-key-ph-evidence,.st-key-ph-table)){
height:calc(100dvh - var(--ph-above,98px))!important;max-height:none!important;flex:none!important}
.st-key-ph-reading,div:has(>.st-key-ph-reading){height:calc(100dvh - var(--ph-above-reading,296px))!important}
.st-key-ph-reading>div:has(.ph-warnings){
position:sticky;top:0;z-index:1;max-height:40%;overflow-y:auto;background:var(--ph-ground)}
"""

_NARROW = """
@media (max-width:760px){
:is(.st-key-ph-reading,.st-key-ph-evidence,.st-key-ph-table),
div:has(>:is(.st-key-ph-reading,.st-key-ph-evidence,.st-key-ph-table)){height:auto!important}
.stMainBlockContainer{padding:52px 12px 12px!important}
.st-key-ph-head{flex-wrap:wrap}
}
"""

_SCRUBBER = """
.stApp:has(.st-key-ph-table){--ph-above:160px}
.stApp:has(.st-key-ph-scrubber){--ph-above:186px;--ph-above-reading:246px}
"""

PAGE_STYLE = f"<style>{_BAR}{_SPACE}{_SMALL_BUTTONS}{_RUN}{_SCRUBBER}{_NARROW}</style>"
"""One style element for all places. Keys of containers become classes: ``st-key-<key>``."""
