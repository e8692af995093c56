"""What concerns more than one scope: words about another scope's VMs, and things that change scope.

A VM has one scope at a time, that of the host that holds it. Words of other scopes' hosts about it
are referred to its scope, whose fold alone decides what they mean: so a migration, a claim or a
split brain over two scopes is one story, told by one. Only then does the VM follow its host.
"""

from vurti.decide.crossing.hearsay import heard_say
from vurti.decide.crossing.moving import join, leave
from vurti.decide.crossing.neighbours import clock_anew, foreign, neighbours

__all__ = ["clock_anew", "foreign", "heard_say", "join", "leave", "neighbours"]
