"""How the fragments sit in Streamlit's page: two columns that scroll by themselves, nothing that jumps."""

PAGE_STYLE = """<style>
.stApp header[data-testid="stHeader"]{height:0;min-height:0}
.stMainBlockContainer{padding:10px 20px 0!important;max-width:none!important}
:is(.st-key-ph-reading,.st-key-ph-evidence),div:has(>:is(.st-key-ph-reading,.st-key-ph-evidence)){
height:calc(100dvh - 62px)!important;max-height:none!important;flex:none!important}
.st-key-ph-reading,div:has(>.st-key-ph-reading){height:calc(100dvh - 262px)!important}
.st-key-ph-reading>div:has(.ph-warnings){
position:sticky;top:0;z-index:1;max-height:40%;overflow-y:auto;background:var(--ph-ground)}
.st-key-ph-examples button{padding:3px 10px;min-height:0;justify-content:start;text-align:start}
.st-key-ph-examples button p{font-size:13px;line-height:1.35}
.stMainBlockContainer [data-testid="stVerticalBlock"]{gap:8px}
.stApp button[kind="primary"] p{color:var(--ph-on-accent)}
@media (max-width:760px){.st-key-ph-reading,.st-key-ph-evidence,div:has(>.st-key-ph-evidence){height:auto!important}}
</style>"""
