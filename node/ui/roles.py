"""The offices of the neighbourhood, as they are said on every page."""

from node.neighbourhood.refusal import phrase
from node.neighbourhood.roles import Role
from node.ui.words import Sign

ROLES = {
    Role.BOOSTER: Sign(phrase("Booster"), "megaphone", phrase("Makes the neighbourhood known.")),
    Role.BROKER: Sign(phrase("Broker"), "handshake", phrase("Helps neighbours find each other.")),
    Role.SUPERVISOR: Sign(phrase("Supervisor"), "shield-check", phrase("Watches over what is safe.")),
    Role.CONNECTOR: Sign(phrase("Connector"), "phone", phrase("Helps people who do not use the internet.")),
    Role.OPERATOR: Sign(phrase("Operator"), "wrench", phrase("Runs this Buurtknoop.")),
}
