from .not_handed_in import secret
