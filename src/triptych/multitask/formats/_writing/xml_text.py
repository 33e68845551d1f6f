"""Text in XML, which does not have every character."""

import re

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean_xml_text(text: str) -> str:
    """The text with U+FFFD in place of each character that XML 1.0 has not.

    Parameters:
        text: not yet quoted.

    >>> clean_xml_text("a\\x00b")
    'a\ufffdb'
    """
    return NOT_IN_XML.sub("\ufffd", text)
