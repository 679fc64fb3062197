"""Files to attach to a question. Their contents are for agents alone: no route gives one back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from starlette.requests import ClientDisconnect

from backend.api.problems import RequestProblem, problem_responses
from backend.api.services import ServicesOf
from backend.api.upload_form import FIELD, MEDIA_TYPE, UploadForm
from backend.protocol.attachments import Attachment

router = APIRouter(tags=["files"])

_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "string", "format": "binary"}},
            }
        }
    },
}


@router.post(
    "/v1/files",
    operation_id="upload_file",
    summary="Upload a file for a question",
    status_code=201,
    responses=problem_responses(400, 403, 413, 415, 421, 422, 429, 507),
    openapi_extra={"requestBody": _FORM},
)
async def upload_file(request: Request, services: ServicesOf) -> Attachment:
    """Keep a file of at most 10 MiB, to be named in `attachments` of `POST /v1/runs`. Its kind is found by its content.

    A file that no question is asked with within 24 hours is deleted.
    """
    form = UploadForm(request.headers)
    async with services.files.receiving() as incoming:
        try:
            async for piece in request.stream():
                if found := form.feed(piece):
                    await incoming.take(found)
        except ClientDisconnect as error:
            raise RequestProblem(400, "cut-body", "The connection was closed before the file was whole.") from error
        return (await services.files.add(incoming, form.close())).attachment


@router.delete(
    "/v1/files/{file_id}",
    operation_id="delete_file",
    summary="Delete a file that no question was asked with",
    status_code=204,
    response_class=Response,
    responses={204: {"description": "It is gone."}, **problem_responses(403, 404, 409, 421, 507)},
)
async def delete_file(
    file_id: Annotated[str, Path(description="The file's id.", examples=["file_8YvBtm3zQd2l5dYw0u1P4A"])],
    services: ServicesOf,
) -> None:
    """Deletes it for good. A file of a question that was asked is deleted with that run or its conversation."""
    await services.files.remove(file_id)
