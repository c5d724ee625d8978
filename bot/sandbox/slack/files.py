"""files.*: a file in three steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.sandbox.slack.calling import Area, Caller, Method
from bot.sandbox.slack.doings import Doings
from bot.sandbox.slack.people import SlackChannel
from bot.sandbox.slack.rules import Refusal

LARGEST_FILE = 1 << 30


@dataclass(slots=True)
class Upload:
    """A file on its way."""

    id: str
    name: str
    length: int
    data: bytes | None = None
    is_complete: bool = False


class Files(Area):
    """Files."""

    def __init__(self, doings: Doings) -> None:
        super().__init__(doings)
        self._uploads: dict[str, Upload] = {}

    @property
    def methods(self) -> Mapping[str, Method]:
        return {
            "files.getUploadURLExternal": self._begin,
            "files.completeUploadExternal": self._complete,
            "files.info": self._info,
        }

    async def _info(self, _: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        id = str(params.get("file") or "")
        if id not in self._doings.files_sent:
            raise Refusal("file_not_found")
        name, data = self._doings.files_sent[id]
        url = f"{self._doings.base}/files-pri/{id}/{quote(name)}"
        return {
            "file": {
                "id": id,
                "name": name,
                "size": len(data),
                "url_private": url,
                "url_private_download": url,
            }
        }

    async def _begin(self, _: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        name = str(params.get("filename") or "")
        length = str(params.get("length") or "")
        if not name or not length.isdecimal() or not int(length):
            raise Refusal("missing_argument")
        if int(length) > LARGEST_FILE:
            raise Refusal("file_upload_size_restricted")
        if len(str(params.get("alt_txt") or "")) > 1000:
            raise Refusal("alt_txt_too_large")
        upload = Upload(self._doings.id("F"), name, int(length))
        ticket = self._doings.secret("upload", upload.id)
        self._uploads[ticket] = upload
        return {"upload_url": f"{self._doings.base}/upload/v1/{ticket}", "file_id": upload.id}

    def receive(self, ticket: str, data: bytes) -> None:
        """Take a file's bytes; raises Refusal."""
        upload = self._uploads.get(ticket)
        if upload is None or upload.data is not None:
            raise Refusal("invalid_ticket", status=404)
        if len(data) != upload.length:
            raise Refusal("length_mismatch", status=400)
        upload.data = data

    async def _complete(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        files = params.get("files")
        if not isinstance(files, list) or not files or not all(isinstance(each, dict) for each in files):
            raise Refusal("invalid_arguments", "files must be a list of objects")
        uploads = [self._uploaded(each.get("id")) for each in files]
        channel = params.get("channel_id")
        if channel:
            # Channels only: a person's id is no channel here.
            place = self._files_place(caller, channel)
            thread = params.get("thread_ts")
            for number, (upload, each) in enumerate(zip(uploads, files, strict=True)):
                comment = str(params.get("initial_comment") or "") if not number else ""
                shown = self._doings.post(place, comment, [], None, thread=thread)
                shown.document, shown.data = str(each.get("title") or upload.name), upload.data or b""
                shown.document = upload.name
        for upload in uploads:
            upload.is_complete = True
        told = zip(uploads, files, strict=True)
        return {
            "files": [{"id": upload.id, "title": each.get("title", upload.name)} for upload, each in told]
        }

    def _files_place(self, caller: Caller, channel: object) -> SlackChannel:
        place = self._doings.channels.get(str(channel))
        if place is None or place.workspace is not caller.workspace:
            raise Refusal("invalid_channel")
        if not place.has_bot:
            raise Refusal("not_in_channel")
        return place

    def _uploaded(self, id: object) -> Upload:
        upload = next((each for each in self._uploads.values() if each.id == id), None)
        if upload is None or upload.data is None or upload.is_complete:
            raise Refusal("file_not_found")
        return upload
