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
:is(.st-key-ph-reading,.st-key-ph-evidence),div:has(>:is(.st-key-ph-reading,.st-key-ph-evidence)){
height:calc(100dvh - var(--ph-above,98px))!important;max-height:none!important;flex:none!important}
.st-key-ph-reading,div:has(>.st-key-ph-reading){height:calc(100dvh - var(--ph-above-reading,296px))!important}
.st-key-ph-reading>div:has(.ph-warnings){
position:sticky;top:0;z-index:1;max-height:40%;overflow-y:auto;background:var(--ph-ground)}
"""

_NARROW = """
@media (max-width:760px){
.st-key-ph-reading,.st-key-ph-evidence,div:has(>:is(.st-key-ph-reading,.st-key-ph-evidence)){height:auto!important}
.stMainBlockContainer{padding:52px 12px 12px!important}
.st-key-ph-head{flex-wrap:wrap}
}
"""

_SCRUBBER = """
.st-key-ph-scrubber input.ph-scrubber{
--ph-filled:calc(8px + (100% - 16px)*var(--ph-share,0));
appearance:none;width:100%;height:20px;margin:0;background:none;cursor:pointer;display:block}
.ph-scrubber::-webkit-slider-runnable-track{height:6px;border-radius:3px;
background:linear-gradient(to right,var(--ph-accent) var(--ph-filled),var(--ph-line-strong) var(--ph-filled))}
.ph-scrubber::-moz-range-track{height:6px;border-radius:3px;background:var(--ph-line-strong)}
.ph-scrubber::-moz-range-progress{height:6px;border-radius:3px;background:var(--ph-accent)}
.ph-scrubber::-webkit-slider-thumb{appearance:none;width:16px;height:16px;margin-top:-5px;border-radius:50%;
background:var(--ph-accent);border:2px solid var(--ph-ground);box-shadow:0 0 0 1px var(--ph-accent)}
.ph-scrubber::-moz-range-thumb{width:12px;height:12px;border-radius:50%;background:var(--ph-accent);
border:2px solid var(--ph-ground)}
.st-key-ph-scrubber input.ph-scrubber:focus-visible{
outline:2px solid var(--ph-accent);outline-offset:2px;border-radius:6px}
.st-key-ph-timeline .js-plotly-plot{cursor:crosshair}
.ph-playhead{position:absolute;left:-1px;width:2px;background:var(--ph-accent);pointer-events:none;z-index:2}
.stApp:has(.st-key-ph-scrubber){--ph-above:186px;--ph-above-reading:246px}
"""

PAGE_STYLE = f"<style>{_BAR}{_SPACE}{_SMALL_BUTTONS}{_RUN}{_SCRUBBER}{_NARROW}</style>"
"""One style element for all places. Keys of containers become classes: ``st-key-<key>``."""
