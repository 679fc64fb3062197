"""One answer from the documents of one library: search, read figures where a table has them, then answer with
citations.

It is extractive. It quotes sentences as they stand, states figures that it read or computed from tables, and writes
nothing else but the words between them, which are fixed templates. What it cannot find it says it cannot find.
"""

from collections.abc import AsyncIterator, Sequence

from backend.agents.documents.ambiguity import possible_subjects, which_subject
from backend.agents.documents.answering.answer import answer
from backend.agents.documents.answering.artifacts import passages_artifact
from backend.agents.documents.answering.composition import drafts
from backend.agents.documents.answering.evidence import find_evidence, without_rows_of
from backend.agents.documents.answering.findings import Findings, counted, read_tables
from backend.agents.documents.answering.outline_request import named_sections, outlines
from backend.agents.documents.answering.search_report import search_doubts, search_finished
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.selection import Candidates, find_candidates
from backend.agents.documents.figures.tables import QueryError
from backend.agents.documents.library import Library
from backend.agents.documents.search.asked_outline import asked_outline
from backend.agents.documents.search.follow_up import understand_in_turn
from backend.agents.documents.search.retrieval import knows, retrieve
from backend.agents.person import Ask
from backend.protocol.events import Draft, StatusEvent


class LibraryAnswer:
    """Answers one question after the earlier ones of its conversation."""

    def __init__(self, library: Library, question: str, earlier: Sequence[str], ask: Ask | None = None) -> None:
        """``earlier`` are the questions before, the latest of them last. ``ask`` reaches a person who is there to say
        what was meant."""
        self._ask = ask
        self._library = library
        self._question = question
        self._earlier = earlier

    async def drafts(self) -> AsyncIterator[Draft]:
        """The drafts in order. Raises ``FolderError``, ``IndexUnusableError`` and ``StoppedError``."""
        library = self._library
        yield StatusEvent(step_id="retrieve", step="retrieving", label="Searching the documents")
        findings = await self._clarified(await self._searched())
        yield search_finished(findings)
        for warning in search_doubts(findings):
            yield warning
        if not findings.outlines:
            async for draft in read_tables(library, findings):
                yield draft
        if not findings.is_answered:
            sections = await in_thread(lambda: named_sections(library.corpus, findings.retrieval), library.interrupt)
            findings.outlines = sections
        if findings.retrieval.hits and not findings.outlines:
            yield passages_artifact(findings.retrieval.hits, is_answered=findings.is_answered)

        yield StatusEvent(step_id="summarize", step="summarizing", label="Writing the answer")
        written = await in_thread(lambda: answer(library.corpus, findings), library.interrupt)
        for draft in drafts(written):
            yield draft
        detail = counted(len(written.quotes), "citation")
        yield StatusEvent(step_id="summarize", step="summarizing", state="finished", detail=detail)

    async def _clarified(self, findings: Findings) -> Findings:
        """What is found once a person has said whom the question is about, where it does not."""
        names = possible_subjects(findings.retrieval) if self._ask is not None else ()
        if self._ask is None or not names:
            return findings
        chosen = await self._ask(which_subject(names))
        if not chosen.accepted:
            return findings
        self._question = f"{self._question} ({chosen.value})"
        return await self._searched()

    async def _searched(self) -> Findings:
        library = self._library

        def search() -> Findings:
            # What a document is about is a question that stands alone, however few words it has.
            earlier = () if asked_outline(self._question) is not None else self._earlier
            asked = understand_in_turn(self._question, earlier, lambda words: knows(library.corpus, words))
            retrieval = retrieve(library.corpus, asked.question)
            evidence = find_evidence(library.corpus, retrieval)
            try:
                candidates = find_candidates(library.tables, library.corpus, retrieval)
            except QueryError as error:
                candidates = Candidates((), (f"The tables could not be looked at: {error}",))
            evidence = without_rows_of(evidence, candidates.left_out, retrieval.question)
            readiness = library.readiness
            still_reading = "" if readiness.is_complete else readiness.sentence()
            outlined = outlines(library.corpus, retrieval)
            return Findings(asked, retrieval, evidence, candidates, outlines=outlined, still_reading=still_reading)

        return await library.read(search)
