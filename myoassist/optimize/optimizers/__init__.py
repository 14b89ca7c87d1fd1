"""Search algorithms: each asks for vectors and is told what they cost; none of them knows a file or a walker."""
