"""What enrolment writes to a gallery, and what it asks of it."""
