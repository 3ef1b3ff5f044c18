"""Zip archives of Python's zipfile, as Keras writes them and in its other forms: python zips_python.py FOLDER"""
import io
import sys
import zipfile
from pathlib import Path

folder = Path(sys.argv[1])
day = (2026, 11, 21, 12, 0, 0)
content = {
    "metadata.json": b'{"keras_version": "3.0.0"}',
    "assets/names/\u00e4\u6f22.txt": "\u00e4\u6f22".encode(),
    "model.weights.h5": bytes(i * i % 251 for i in range(1003)),
    "empty": b"",
}


class Pipe(io.RawIOBase):
    """What cannot seek: sizes and checksums then follow the content."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, bytes):
        self.data += bytes
        return len(bytes)


def archive(target, compression):
    with zipfile.ZipFile(target, "w", compression) as zip:
        zip.mkdir("assets") if hasattr(zip, "mkdir") else None
        for name, bytes in content.items():
            info = zipfile.ZipInfo(name, day)
            info.compress_type = compression
            zip.writestr(info, bytes)
        zip.comment = b"a comment PK\x05\x06 that looks like an end"


archive(folder / "stored.zip", zipfile.ZIP_STORED)
archive(folder / "deflated.zip", zipfile.ZIP_DEFLATED)
pipe = Pipe()
archive(pipe, zipfile.ZIP_DEFLATED)
(folder / "streamed.zip").write_bytes(pipe.data)
