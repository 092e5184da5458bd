"""What the command line prints with --json: plain dictionaries of the engine's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from bot.admin.figures import Figures
    from retrieval.models import Answer, Citation, Remarks
    from retrieval.query.models import Scope
    from retrieval.reloading import ReloadReport


def answer(given: Answer) -> dict[str, Any]:
    """Return an answer with its citations."""
    return {
        "question": given.question,
        "answered": given.answered,
        "answer": given.text,
        "confidence": round(given.confidence, 4),
        "mode": given.mode,
        "outcome": given.outcome,
        "form": given.form,
        "citations": [_citation(citation) for citation in given.citations] if given.answered else [],
        "closest": [] if given.answered else [_citation(citation) for citation in given.citations],
        "remarks": _remarks(given.remarks),
        "generation": given.generation,
        "timings_ms": {name: round(value, 2) for name, value in given.timings_ms.items()},
    }


def _remarks(remarks: Remarks) -> dict[str, Any]:
    return {
        "scope": _scope(remarks.scope),
        "undated_left_out": remarks.undated,
        "outside": _scope(remarks.outside),
        "differing": list(remarks.differing),
        "as_of": remarks.as_of.isoformat() if remarks.as_of else None,
        "dateless": remarks.dateless,
    }


def _scope(scope: Scope) -> dict[str, str | None] | None:
    if scope.is_empty:
        return None
    return {
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
        "source": scope.source,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    card, quote = citation.article, citation.quote
    return {
        "number": citation.number,
        "article_id": card.id,
        "path": card.path,
        "title": card.title,
        "source": card.source,
        "author": card.author,
        "published": card.published.isoformat() if card.published else None,
        "url": card.url,
        "quote": quote.text,
        "start": quote.start,
        "end": quote.end,
        "also_in": [{"article_id": other.id, "path": other.path, "source": other.source} for other in citation.also_in],
    }


def report(done: ReloadReport) -> dict[str, Any]:
    """Return what a reload did."""
    return {
        "generation": done.generation,
        "published": done.published,
        "added": list(done.difference.added),
        "changed": list(done.difference.changed),
        "removed": list(done.difference.removed),
        "unchanged": done.difference.unchanged,
        "failed": [{"path": problem.path, "reason": problem.reason} for problem in done.failed],
        "seconds": round(done.seconds, 2),
        "rebuilt": done.rebuilt,
    }


def status(now: Figures, data_dir: Path) -> dict[str, Any]:
    """Return what serves now."""
    serving, manifest, last = now.serving, now.serving.manifest, now.last_reload
    return {
        "generation": manifest.number,
        "built_at": manifest.built_at,
        "rolled_back": serving.is_rolled_back,
        "articles": manifest.articles,
        "passages": manifest.passages,
        "sources": serving.sources,
        "oldest": serving.oldest.isoformat() if serving.oldest else None,
        "newest": serving.newest.isoformat() if serving.newest else None,
        "model": manifest.model,
        "failed": [{"path": path, "reason": reason} for path, reason in manifest.failed.items()],
        "articles_dir": manifest.articles_dir,
        "data_dir": str(data_dir.resolve()),
        "last_reload": {"at": last.at.isoformat(timespec="seconds"), "by": last.actor.name, "what": last.detail}
        if last
        else None,
        "questions_today": {"asked": now.today.questions, "answered": now.today.answered, "chats": now.today.chats},
        "disk_bytes": now.disk,
        "disk_free_bytes": now.free,
        "versions": now.versions,
    }
