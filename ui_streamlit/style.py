"""How the fragments sit in Streamlit's page: two columns that scroll by themselves, nothing that jumps."""

PAGE_STYLE = """<style>
.stApp header[data-testid="stHeader"]{height:0;min-height:0}
.stMainBlockContainer{padding:10px 20px 0!important;max-width:none!important}
.st-key-ph-reading{height:calc(100dvh - 300px)!important;min-height:240px}
.st-key-ph-evidence{height:calc(100dvh - 80px)!important;min-height:420px}
.st-key-ph-examples button{padding:2px 10px;min-height:0;font-size:13px;text-align:left}
@media (max-width:760px){.st-key-ph-reading,.st-key-ph-evidence{height:auto!important}}
</style>"""
