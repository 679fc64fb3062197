"""How the fragments sit in Gradio's page: two columns that scroll by themselves, nothing that jumps."""

PAGE_STYLE = """
.gradio-container{padding:10px 20px!important;max-width:none!important}
.gradio-container .main{gap:8px}
#ph-columns{gap:20px;flex-wrap:wrap}
#ph-conversation,#ph-evidence{gap:8px}
#ph-conversation>*,#ph-evidence>*{flex:none}
#ph-ask{align-items:flex-end;gap:8px}
#ph-examples{gap:6px}
#ph-examples button{font-weight:400;white-space:normal;text-align:left}
#ph-reading{height:calc(100dvh - 330px);min-height:240px;overflow-y:auto;overflow-anchor:none;display:block}
#ph-reading>*{margin-bottom:8px}
#ph-evidence{height:calc(100dvh - 100px);min-height:420px;overflow-y:auto;flex-wrap:nowrap}
#ph-steps{min-height:96px}
@media (max-width:760px){#ph-reading,#ph-evidence{height:auto;max-height:none}}
"""
