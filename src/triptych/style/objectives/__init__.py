"""What a picture is judged by at one scale.

Content, styles and a picture come in; a loss with its gradient goes out.
"""
